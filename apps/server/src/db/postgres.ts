import { OrchaError } from "@orcha/contract";
import {
  type Compilable,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresDialect,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from "kysely";
import pg from "pg";
import type { Connection, Database, WriteOperation } from "./database.ts";
import { migrate } from "./migrate.ts";
import type { Schema } from "./schema.ts";
import {
  type CompiledStatement,
  compileStatement,
  type Statement,
  type Value,
} from "./statement.ts";

const INT8 = 20;

/** PostgreSQL 15 or newer: a pool of connections, each write a transaction of its own. */
export async function openPostgresDatabase(url: string): Promise<Database> {
  const pool = new pg.Pool({
    connectionString: url,
    max: 20,
    connectionTimeoutMillis: 3_000,
    // Ids and times fit 53 bits; without this pg gives them as strings.
    types: {
      getTypeParser: ((oid: number, format?: "text") =>
        oid === INT8
          ? Number
          : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
    },
  });
  // An idle connection that breaks must not end the process; the next query opens another.
  pool.on("error", () => {});

  // The migrator borrows the pool; destroying this Kysely would end it.
  await migrate(new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) }));

  return {
    reader: new PostgresConnection(pool),
    async write<Input, Output>(operation: WriteOperation<Input, Output>, input: Input) {
      const client = await pool.connect().catch(rethrow);
      let broken: Error | undefined;
      try {
        await client.query("begin").catch(rethrow);
        const output = await operation.run(new PostgresConnection(client), input);
        await client.query("commit").catch(rethrow);
        return output;
      } catch (failure) {
        await client.query("rollback").catch((reason: Error) => {
          broken = reason;
        });
        throw failure;
      } finally {
        client.release(broken);
      }
    },
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

const builder = new Kysely<Schema>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
});
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
    return this.#client
      .query({
        name: known.name,
        text: known.compiled.sql,
        values: known.compiled.bind(values),
      })
      .catch(rethrow);
  }

  async query<R>(query: Compilable<R>): Promise<R[]> {
    const { sql, parameters } = query.compile();
    const { rows } = await this.#client.query(sql, [...parameters]).catch(rethrow);
    return rows;
  }
}

/** Classes of SQLSTATE that say "not now": connection lost or refused, out of resources, closed, shutting down. */
const AWAY = /^(?:08|28|3D|53|55000|57P)/;

/** What the server itself did not say is trouble on the way to it. Both pass, so the caller may try again. */
function rethrow(failure: Error): never {
  const isAway = failure instanceof pg.DatabaseError ? AWAY.test(failure.code ?? "") : true;
  throw isAway ? new OrchaError("unavailable", undefined, { cause: failure }) : failure;
}
