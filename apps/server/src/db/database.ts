import type { Compilable, Kysely } from "kysely";
import type { Schema } from "./schema.ts";
import type { Statement, Value } from "./statement.ts";

/** Runs queries, alone or inside a transaction. SQLite answers at once, PostgreSQL later: await either. */
export interface Connection {
  readonly engine: "sqlite" | "postgres";
  /** Builds queries in the engine's dialect; it cannot run them. */
  readonly builder: Kysely<Schema>;
  /** Runs a statement that was compiled once: for what every turn does. */
  run<P extends Readonly<Record<string, Value>>, R>(
    statement: Statement<P, R>,
    values: P,
  ): R[] | Promise<R[]>;
  /** Runs a statement that returns no rows, and tells how many it changed. */
  change<P extends Readonly<Record<string, Value>>>(
    statement: Statement<P, unknown>,
    values: P,
  ): number | Promise<number>;
  /** Compiles and runs a query whose shape varies. */
  query<R>(query: Compilable<R>): R[] | Promise<R[]>;
}

/**
 * One transaction with a name. Its input and output are plain data because on SQLite it runs in the writer thread;
 * it must wait for nothing but the connection, for every other write waits for it.
 */
export interface WriteOperation<Input, Output> {
  readonly name: string;
  readonly run: (transaction: Connection, input: Input) => Promise<Output>;
}

/** The store. Reads run outside a transaction, each seeing what is committed; writes are acknowledged after the commit. */
export interface Database extends AsyncDisposable {
  readonly reader: Connection;
  /** Runs the operation in a transaction of its own; rejects when it or the commit fails, and then nothing is kept. */
  write<Input, Output>(operation: WriteOperation<Input, Output>, input: Input): Promise<Output>;
}

export function defineWrite<Input, Output>(
  name: string,
  run: (transaction: Connection, input: Input) => Promise<Output>,
): WriteOperation<Input, Output> {
  return { name, run };
}
