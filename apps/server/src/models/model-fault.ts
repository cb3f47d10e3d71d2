import { type ErrorCode, OrchaError } from "@orcha/contract";

/**
 * What kind of failure a call met, which decides what is done about it:
 * `transient` is worth a retry, `timeout` and `rejected` only another model, `blocked` neither.
 */
export type FaultKind = "transient" | "timeout" | "rejected" | "blocked";

const CODES: Readonly<Record<FaultKind, ErrorCode>> = {
  transient: "model_unavailable",
  timeout: "model_timeout",
  rejected: "model_unavailable",
  blocked: "answer_blocked",
};
const MAX_PROVIDER_TEXT_CHARS = 500;
const CONNECT_TIMEOUT_CODES = new Set(["UND_ERR_CONNECT_TIMEOUT", "ETIMEDOUT"]);

/** Why one call of a model failed, in the provider's words: for the log, never for the visitor. */
export class ModelFault extends Error {
  readonly kind: FaultKind;
  /** How long the provider asks us to stay away. */
  readonly retryAfterMs: number | undefined;

  constructor(kind: FaultKind, message: string, retryAfterMs?: number) {
    super(message.slice(0, MAX_PROVIDER_TEXT_CHARS));
    this.name = "ModelFault";
    this.kind = kind;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The error a visitor may see, with the fault as its cause. */
export function modelError(fault: ModelFault): OrchaError {
  return new OrchaError(CODES[fault.kind], undefined, { cause: fault });
}

/** The fault behind whatever a wire threw; an error that no wire foresaw counts as transient. */
export function faultOf(error: unknown): ModelFault {
  if (error instanceof ModelFault) return error;
  if (error instanceof OrchaError && error.cause instanceof ModelFault) return error.cause;
  return new ModelFault("transient", describeError(error));
}

/** The fault of an answer with an error status. `providerCode` is the provider's own word for it, when it gave one. */
export function statusFault(
  status: number,
  providerText: string,
  details: { readonly providerCode?: unknown; readonly retryAfterMs?: number | undefined } = {},
): ModelFault {
  const kind = details.providerCode === "content_filter" ? "blocked" : kindOfStatus(status);
  return new ModelFault(kind, `Status ${status}: ${providerText}`, details.retryAfterMs);
}

/** The fault of a connection that could not be made or broke. */
export function networkFault(error: unknown): ModelFault {
  const timedOut = CONNECT_TIMEOUT_CODES.has(errorCodeOf(error));
  return new ModelFault(timedOut ? "timeout" : "transient", describeError(error));
}

/** Reads `retry-after-ms` or `Retry-After` (seconds or a date); undefined when there is none that can be understood. */
export function readRetryAfterMs(
  header: (name: string) => string | undefined,
  now: number = Date.now(),
): number | undefined {
  const exactMs = Number.parseFloat(header("retry-after-ms") ?? "");
  if (exactMs >= 0) return exactMs;

  const text = header("retry-after")?.trim() ?? "";
  if (/^\d+(\.\d+)?$/.test(text)) return Number.parseFloat(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

function kindOfStatus(status: number): FaultKind {
  const worthRetry = status === 408 || status === 409 || status === 429 || status >= 500;
  return worthRetry ? "transient" : "rejected";
}

function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const inner = error.cause instanceof Error ? ` (${describeError(error.cause)})` : "";
  return `${error.name}: ${error.message}${inner}`;
}

function errorCodeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return code === "" ? errorCodeOf(error.cause) : code;
}
