import { OrchaError } from "@orcha/contract";
import type { Compilable, Kysely } from "kysely";
import type { Schema } from "./schema.ts";
import type { Scope, Statement, Value } from "./statement.ts";

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
  /** Compiles and runs a query whose shape varies, on the rows of one tenant or of all. */
  query<R>(scope: Scope, query: Compilable<R>): R[] | Promise<R[]>;
}

/**
 * One transaction with a name. Its input and output are plain data because on SQLite it runs in the writer thread;
 * it must wait for nothing but the connection, for every other write waits for it.
 */
export interface WriteOperation<Input, Output> {
  readonly name: string;
  readonly run: (transaction: Connection, input: Input) => Promise<Output>;
  /**
   * There when the statements are known beforehand: on PostgreSQL they travel as one. Such a write answers false, and keeps
   * nothing, when a step that must change a row changed none; so what was read before can be made its condition.
   */
  readonly steps?: (input: Input) => readonly Step[];
}

/** One statement of a write, with its values. */
export interface Step {
  readonly statement: Statement<Readonly<Record<string, Value>>, unknown>;
  readonly values: Readonly<Record<string, Value>>;
  /** True when the whole write counts only if this step changes a row. */
  readonly must: boolean;
}

/** The store. Reads run outside a transaction, each seeing what is committed; writes are acknowledged after the commit. */
export interface Database extends AsyncDisposable {
  readonly reader: Connection;
  /**
   * Runs the operation in a transaction of its own; rejects when it or the commit fails, and then nothing is kept.
   * @throws OutcomeUnknownError when the connection broke at a moment when the commit may or may not have happened
   */
  write<Input, Output>(operation: WriteOperation<Input, Output>, input: Input): Promise<Output>;
}

export function defineWrite<Input, Output>(
  name: string,
  run: (transaction: Connection, input: Input) => Promise<Output>,
): WriteOperation<Input, Output> {
  return { name, run };
}

/** Defines a write by its statements, in order. */
export function defineSteps<Input>(
  name: string,
  steps: (input: Input) => readonly Step[],
): WriteOperation<Input, boolean> {
  return {
    name,
    steps,
    async run(transaction, input) {
      for (const { statement, values, must } of steps(input)) {
        if ((await transaction.change(statement, values)) === 0 && must) throw new NotKept();
      }
      return true;
    },
  };
}

/** A step of a write. */
export function step<P extends Readonly<Record<string, Value>>>(
  statement: Statement<P, unknown>,
  values: P,
): Step {
  return { statement: anyValues(statement), values, must: false };
}

/** A step that must change a row; otherwise nothing of the write is kept. */
export function must<P extends Readonly<Record<string, Value>>>(
  statement: Statement<P, unknown>,
  values: P,
): Step {
  return { ...step(statement, values), must: true };
}

// A statement and its values are paired by the two functions above; from there on they travel together.
function anyValues<P extends Readonly<Record<string, Value>>>(
  statement: Statement<P, unknown>,
): Step["statement"] {
  return statement as unknown as Step["statement"];
}

/** Ends a stepwise write whose condition did not hold: its engine undoes it and answers false. */
export class NotKept extends Error {
  override readonly name = "NotKept";
}

/** The connection broke while a write was being committed: look before writing it again. */
export class OutcomeUnknownError extends OrchaError {
  constructor(cause: unknown) {
    super("unavailable", undefined, { cause });
  }
}
