import { sayCount, sayError, sayOwnError } from "../i18n/words.ts";
import type { Failure } from "./turn.ts";

/** Waits up to this are made without a word. */
const SAID_FROM_SECONDS = 30;

/** What went wrong. */
export function failureOf(error: unknown): Failure {
  if (!isFailure(error)) {
    return { code: "internal", message: sayOwnError("internal"), retryable: true };
  }
  const { code, message, retryable, retryAfterSeconds: seconds = 0 } = error;
  const failure = { code, message, retryable };
  if (seconds <= SAID_FROM_SECONDS) return failure;
  return { ...failure, waitMinutes: Math.ceil(seconds / 60) };
}

/** What went wrong in the words of the visitor's language. */
export function sayFailure({ code, message, waitMinutes }: Failure): string {
  const said = sayError(code, message);
  return waitMinutes === undefined ? said : `${said} ${sayCount("retryIn", waitMinutes)}`;
}

// Read by shape: the client may be another copy of the module than the one whose class would be compared.
function isFailure(
  error: unknown,
): error is Failure & { readonly retryAfterSeconds?: number | undefined } {
  return error instanceof Error && "code" in error && "retryable" in error;
}
