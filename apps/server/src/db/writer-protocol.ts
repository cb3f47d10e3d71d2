import { type ErrorCode, OrchaError } from "@orcha/contract";

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

/** An error as it crosses the thread border: only a code survives structured cloning by itself. */
interface WireError {
  readonly code: ErrorCode | undefined;
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
}

export function packError(error: unknown): WireError {
  if (!(error instanceof Error)) {
    return { code: undefined, name: "Error", message: String(error), stack: undefined };
  }
  const code = error instanceof OrchaError ? error.code : undefined;
  return { code, name: error.name, message: error.message, stack: error.stack };
}

export function unpackError(wire: WireError): Error {
  if (wire.code) return new OrchaError(wire.code, wire.message);
  const error = new Error(wire.message);
  error.name = wire.name;
  if (wire.stack !== undefined) error.stack = wire.stack;
  return error;
}
