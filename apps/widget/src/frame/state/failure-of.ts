import type { Failure } from "./turn.ts";

/** What went wrong in words for the visitor. */
export function failureOf(error: unknown): Failure {
  if (isFailure(error)) return error;
  return { code: "internal", message: "Something went wrong. Please try again.", retryable: true };
}

// Read by shape: the client may be another copy of the module than the one whose class would be compared.
function isFailure(error: unknown): error is Failure {
  return error instanceof Error && "code" in error && "retryable" in error;
}
