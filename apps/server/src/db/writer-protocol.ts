import { OrchaError } from "@orcha/contract";

/** Jobs for the writer thread, several in one message. */
export interface WriterJob {
  readonly id: number;
  readonly operation: string;
  readonly input: unknown;
}

/** "close" comes last: what was asked for before it is still done. */
export type WriterMessage = readonly WriterJob[] | "close";

export type WriterResult =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: WireError };

/** SQLite's ways to say "not now": the disk is full or fails, another process holds the file. */
const AWAY = /^SQLITE_(?:FULL|IOERR|BUSY|LOCKED|CANTOPEN)/;

/** An error as it crosses the thread border, where structured cloning would lose its name. */
interface WireError {
  readonly isAway: boolean;
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
}

export function packError(error: unknown): WireError {
  if (!(error instanceof Error)) {
    return { isAway: false, name: "Error", message: String(error), stack: undefined };
  }
  const isAway = "code" in error && AWAY.test(String(error.code));
  return { isAway, name: error.name, message: error.message, stack: error.stack };
}

export function unpackError(wire: WireError): Error {
  const error = new Error(wire.message);
  error.name = wire.name;
  if (wire.stack !== undefined) error.stack = wire.stack;
  return wire.isAway ? new OrchaError("unavailable", undefined, { cause: error }) : error;
}
