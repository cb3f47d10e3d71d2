import { sayCount, sayError, sayOwnError } from "../i18n/words.ts";
import type { Failure } from "./turn.ts";

/** Waits up to this are made without a word. */
const SAID_FROM_SECONDS = 30;

/** What went wrong in words for the visitor. */
export function failureOf(error: unknown): Failure {
  if (isFailure(error)) return withWait(error);
  return { code: "internal", message: sayOwnError("internal"), retryable: true };
}

/** How long it takes until the next try can help, when that is long. */
function withWait(failure: Failure & { readonly retryAfterSeconds?: number }): Failure {
  const { code, retryable, retryAfterSeconds: seconds = 0 } = failure;
  const message = sayError(code, failure.message);
  if (seconds <= SAID_FROM_SECONDS) return { code, message, retryable };
  const wait = sayCount("retryIn", Math.ceil(seconds / 60));
  return { code, message: `${message} ${wait}`, retryable };
}

// Read by shape: the client may be another copy of the module than the one whose class would be compared.
function isFailure(error: unknown): error is Failure {
  return error instanceof Error && "code" in error && "retryable" in error;
}
