import type { ErrorCode } from "@orcha/contract";

/** The server's closed list, and `network` for an answer that never arrived. */
export type ClientErrorCode = ErrorCode | "network";

const RETRYABLE: readonly ClientErrorCode[] = [
  "network",
  "turn_in_progress",
  "model_unavailable",
  "model_timeout",
  "rate_limited",
  "unavailable",
  "internal",
];

/** What is known of a failure. */
export interface ErrorDetails {
  readonly status?: number | undefined;
  readonly requestId?: string | null | undefined;
  readonly conversationId?: number | null | undefined;
  readonly partialText?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  readonly cause?: unknown;
}

/** A message that was not answered. Its `message` may be shown to the visitor. */
export class OrchaClientError extends Error {
  readonly code: ClientErrorCode;
  /** True when the same message may be sent again. */
  readonly retryable: boolean;
  /** HTTP status; 0 when no answer arrived. */
  readonly status: number;
  readonly requestId: string | null;
  /** The conversation the message belongs to, once it exists. */
  readonly conversationId: number | null;
  /** What had been answered before the failure. */
  readonly partialText: string;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ClientErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = "OrchaClientError";
    this.code = code;
    this.retryable = RETRYABLE.includes(code);
    this.status = details.status ?? 0;
    this.requestId = details.requestId ?? null;
    this.conversationId = details.conversationId ?? null;
    this.partialText = details.partialText ?? "";
    this.retryAfterSeconds = details.retryAfterSeconds;
  }
}
