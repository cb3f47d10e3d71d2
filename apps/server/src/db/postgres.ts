import { OrchaError } from "@orcha/contract";
import {
  type Compilable,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from "kysely";
import pg from "pg";
import {
  type Connection,
  type Database,
  OutcomeUnknownError,
  type Step,
  type WriteOperation,
} from "./database.ts";
import { NOT_KEPT, StatementJoiner } from "./one-statement.ts";
import { CONNECT_TIMEOUT_MS, migratePostgres } from "./postgres-set-up.ts";
import type { Schema } from "./schema.ts";
import { ScopedQuery } from "./scoped-query.ts";
import {
  type CompiledStatement,
  compileStatement,
  EVERY_TENANT,
  type Scope,
  type Statement,
  scopeOfStatement,
  type Value,
} from "./statement.ts";

const INT8 = 20;
/** With connecting, a visitor is told of a database that does not answer within three seconds. */
const QUERY_TIMEOUT_MS = 1_900;
const MAX_CONNECTIONS = 20;

/** PostgreSQL 15 or newer: a pool of connections, each write a statement or a transaction of its own. */
export async function openPostgresDatabase(url: string): Promise<Database> {
  await migratePostgres(url);
  const pool = new pg.Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    keepAlive: true,
    // Ids and times fit 53 bits; without this pg gives them as strings.
    types: {
      getTypeParser: ((oid: number, format?: "text") =>
        oid === INT8
          ? Number
          : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
    },
  });
  // A connection that breaks between two queries must not end the process; the next query opens another.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));

  return {
    reader: new PostgresConnection(pool),
    write<Input, Output>(operation: WriteOperation<Input, Output>, input: Input) {
      return operation.steps
        ? asOutput<Output>(writeAtOnce(pool, operation.steps(input)))
        : writeInTransaction(pool, operation, input);
    },
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

/** One statement is a transaction of its own. */
async function writeAtOnce(pool: pg.Pool, steps: readonly Step[]): Promise<boolean> {
  try {
    await runScoped(pool, scopeOfSteps(steps), joiner.join(steps));
    return true;
  } catch (failure) {
    if (failure instanceof pg.DatabaseError && failure.code === NOT_KEPT) return false;
    throw isAway(failure) ? new OutcomeUnknownError(failure) : failure;
  }
}

/** A write is about one tenant, or goes over all of them. */
function scopeOfSteps(steps: readonly Step[]): Scope {
  const [first = EVERY_TENANT, ...others] = steps.map(({ statement, values }) =>
    scopeOfStatement(statement, values),
  );
  if (others.some((scope) => scope !== first)) throw new TypeError("A write of several tenants");
  return first;
}

// A write with steps answers whether it was kept; its type says so where it is defined.
function asOutput<Output>(kept: Promise<boolean>): Promise<Output> {
  return kept as Promise<unknown> as Promise<Output>;
}

async function writeInTransaction<Input, Output>(
  pool: pg.Pool,
  operation: WriteOperation<Input, Output>,
  input: Input,
): Promise<Output> {
  const client = await pool.connect().catch(rethrow);
  let broken: Error | undefined;
  try {
    await client.query("begin").catch(rethrow);
    const output = await operation.run(new PostgresConnection(client), input);
    await client.query("commit").catch((failure: Error) => {
      throw isAway(failure) ? new OutcomeUnknownError(failure) : failure;
    });
    return output;
  } catch (failure) {
    // A connection that does not answer is closed instead of asked to roll back.
    broken = failure instanceof OrchaError && failure.code === "unavailable" ? failure : undefined;
    if (!broken) {
      await client.query("rollback").catch((reason: Error) => {
        broken = reason;
      });
    }
    throw failure;
  } finally {
    client.release(broken);
  }
}

const builder = new Kysely<Schema>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});
const joiner = new StatementJoiner(builder);
const statements = new Map<object, { name: string; compiled: CompiledStatement }>();

class PostgresConnection implements Connection {
  readonly engine = "postgres";
  readonly builder = builder;
  readonly #client: pg.Pool | pg.PoolClient;

  constructor(client: pg.Pool | pg.PoolClient) {
    this.#client = client;
  }

  async run<P extends Readonly<Record<string, Value>>, R>(
    statement: Statement<P, R>,
    values: P,
  ): Promise<R[]> {
    return (await this.#execute(statement, values)).rows;
  }

  async change<P extends Readonly<Record<string, Value>>>(
    statement: Statement<P, unknown>,
    values: P,
  ): Promise<number> {
    return (await this.#execute(statement, values)).rowCount ?? 0;
  }

  #execute<P extends Readonly<Record<string, Value>>>(statement: Statement<P, unknown>, values: P) {
    let known = statements.get(statement);
    if (!known) {
      known = { name: `s${statements.size}`, compiled: compileStatement(statement, builder) };
      statements.set(statement, known);
    }
    const { name, compiled } = known;
    const query = { name, text: compiled.sql, values: compiled.bind(values) };
    return runScoped(this.#client, scopeOfStatement(statement, values), query).catch(rethrow);
  }

  async query<R>(scope: Scope, query: Compilable<R>): Promise<R[]> {
    const { sql: text, parameters } = query.compile();
    const { rows } = await runScoped(this.#client, scope, {
      text,
      values: [...parameters],
    }).catch(rethrow);
    return rows;
  }
}

function runScoped(
  client: pg.Pool | pg.PoolClient,
  scope: Scope,
  config: pg.QueryConfig,
): Promise<pg.QueryResult> {
  return new Promise((resolve, reject) => {
    // pg takes a query object with a callback; its types tell only of texts.
    client.query(new ScopedQuery(scope, config) as never, undefined as never, (failure, result) =>
      failure ? reject(failure) : resolve(result),
    );
  });
}

/** Classes of SQLSTATE that say "not now": connection lost or refused, out of resources, closed, shutting down. */
const AWAY = /^(?:08|28|3D|53|55000|57P)/;

/** What the server itself did not say is trouble on the way to it. Both pass, so the caller may try again. */
function isAway(failure: unknown): boolean {
  return failure instanceof pg.DatabaseError ? AWAY.test(failure.code ?? "") : true;
}

function rethrow(failure: Error): never {
  throw isAway(failure) ? new OrchaError("unavailable", undefined, { cause: failure }) : failure;
}
