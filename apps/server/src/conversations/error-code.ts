import { ERRORS, type ErrorCode } from "@orcha/contract";

/** A stored code; one that this version does not know is a bug's. */
export function errorCodeOf(stored: string): ErrorCode {
  return isErrorCode(stored) ? stored : "internal";
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}
