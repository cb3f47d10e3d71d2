import {
  type Compilable,
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteDialect,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import Libsql from "libsql";
import type { Connection } from "./database.ts";
import { migrate } from "./migrate.ts";
import type { Schema } from "./schema.ts";
import {
  type CompiledStatement,
  compileStatement,
  type Scope,
  type Statement,
  type Value,
} from "./statement.ts";

const MAX_PREPARED_QUERIES = 200;
/** How long another process may hold the file before a write is refused; what waits behind it waits once more as long. */
const BUSY_TIMEOUT_MS = 1_200;

/**
 * One connection to the file. It is synchronous: it blocks its thread for as long as the query takes.
 * libsql aborts the whole process on a bound boolean or a sole object and rounds integers above 2^53 - 1,
 * so `bindable` is the only way values reach it.
 */
export class SqliteConnection implements Connection, Disposable {
  readonly engine = "sqlite";
  readonly builder = new Kysely<Schema>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
  readonly #database: Libsql.Database;
  readonly #statements = new Map<
    object,
    { compiled: CompiledStatement; prepared: Libsql.Statement<unknown[]> }
  >();
  readonly #queries = new Map<string, Libsql.Statement<unknown[]>>();

  constructor(file: string, options: { readonly readOnly: boolean }) {
    this.#database = openFile(file);
    if (options.readOnly) this.#database.pragma("query_only = ON");
  }

  run<P extends Readonly<Record<string, Value>>, R>(statement: Statement<P, R>, values: P): R[] {
    const { prepared, compiled } = this.#prepare(statement);
    return rowsOf<R>(prepared, compiled.bind(values));
  }

  change<P extends Readonly<Record<string, Value>>>(
    statement: Statement<P, unknown>,
    values: P,
  ): number {
    const { prepared, compiled } = this.#prepare(statement);
    // A statement with rows would be left half-way, and no savepoint can be released then.
    if (prepared.reader) throw new TypeError("This statement returns rows: run it");
    return prepared.run(compiled.bind(values).map(bindable)).changes;
  }

  #prepare<P extends Readonly<Record<string, Value>>>(statement: Statement<P, unknown>) {
    let known = this.#statements.get(statement);
    if (!known) {
      const compiled = compileStatement(statement, this.builder);
      known = { compiled, prepared: this.#database.prepare(compiled.sql) };
      this.#statements.set(statement, known);
    }
    return known;
  }

  query<R>(_scope: Scope, query: Compilable<R>): R[] {
    const { sql, parameters } = query.compile();
    let prepared = this.#queries.get(sql);
    if (!prepared) {
      if (this.#queries.size >= MAX_PREPARED_QUERIES) this.#queries.clear();
      prepared = this.#database.prepare(sql);
      this.#queries.set(sql, prepared);
    }
    return rowsOf<R>(prepared, parameters);
  }

  /** For BEGIN, SAVEPOINT and COMMIT. */
  execute(sql: string): void {
    let prepared = this.#queries.get(sql);
    if (!prepared) {
      prepared = this.#database.prepare(sql);
      this.#queries.set(sql, prepared);
    }
    prepared.run([]);
  }

  [Symbol.dispose](): void {
    this.#statements.clear();
    this.#queries.clear();
    this.#database.close();
  }
}

/** Brings the file's schema up to date. */
export async function migrateSqlite(file: string): Promise<void> {
  const database = openFile(file);
  // Kysely's dialect closes the database with `destroy`.
  const db = new Kysely<Schema>({
    dialect: new SqliteDialect({ database: kyselyDatabase(database) }),
  });
  try {
    await migrate(db);
  } finally {
    await db.destroy();
  }
}

function openFile(file: string): Libsql.Database {
  const database = new Libsql(file, { timeout: BUSY_TIMEOUT_MS });
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = FULL");
  database.pragma("foreign_keys = ON");
  return database;
}

function rowsOf<R>(prepared: Libsql.Statement<unknown[]>, values: readonly unknown[]): R[] {
  const bound = values.map(bindable);
  if (prepared.reader) return prepared.all(bound) as R[]; // the statement's type says what its rows are
  prepared.run(bound);
  return [];
}

function bindable(value: unknown): string | number | null | Uint8Array {
  if (typeof value === "string" || value === null || value instanceof Uint8Array) return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "number" && Number.isFinite(value)) {
    if (!Number.isInteger(value) || Number.isSafeInteger(value)) return value;
  }
  throw new TypeError(`SQLite cannot take ${typeof value} ${String(value)}`);
}

/** What Kysely's migrator needs of libsql, through the same gate as every other query. */
function kyselyDatabase(database: Libsql.Database) {
  return {
    close: () => void database.close(),
    prepare: (sql: string) => {
      const prepared = database.prepare(sql);
      return {
        reader: prepared.reader,
        all: (values: readonly unknown[]) => prepared.all(values.map(bindable)),
        run: (values: readonly unknown[]) => {
          const { changes, lastInsertRowid } = prepared.run(values.map(bindable));
          return { changes, lastInsertRowid };
        },
        iterate: (values: readonly unknown[]) => prepared.iterate(values.map(bindable)),
      };
    },
  };
}
