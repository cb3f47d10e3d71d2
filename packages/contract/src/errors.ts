/** What one error code means on the wire: its HTTP status, whether sending again can help, and one sentence for people. */
export interface ErrorRule {
  /** Status outside chat-v2. */
  readonly status: number;
  /** Status of chat-v2: 200 for what the visitor or the page's author can act on, because the seed's helper drops the body of every other. */
  readonly chatStatus: number;
  readonly retryable: boolean;
  readonly message: string;
}

/** The closed list of error codes. Nothing else is ever sent as a code. */
export const ERRORS = {
  invalid_request: {
    status: 400,
    chatStatus: 200,
    retryable: false,
    message: "This request is not valid.",
  },
  text_too_long: {
    status: 400,
    chatStatus: 200,
    retryable: false,
    message: "This message is too long.",
  },
  conversation_not_found: {
    status: 404,
    chatStatus: 200,
    retryable: false,
    message: "This conversation does not exist or is not yours.",
  },
  user_not_found: {
    status: 404,
    chatStatus: 200,
    retryable: false,
    message: "This user does not exist.",
  },
  tenant_not_found: {
    status: 404,
    chatStatus: 200,
    retryable: false,
    message: "This tenant does not exist.",
  },
  turn_in_progress: {
    status: 409,
    chatStatus: 200,
    retryable: true,
    message: "The previous message is still being answered.",
  },
  idempotency_conflict: {
    status: 409,
    chatStatus: 200,
    retryable: false,
    message: "This idempotency key was used for another message.",
  },
  model_unavailable: {
    status: 502,
    chatStatus: 200,
    retryable: true,
    message: "The assistant cannot answer right now. Please try again.",
  },
  model_timeout: {
    status: 504,
    chatStatus: 200,
    retryable: true,
    message: "The assistant took too long to answer. Please try again.",
  },
  answer_blocked: {
    status: 422,
    chatStatus: 200,
    retryable: false,
    message: "The assistant cannot answer this.",
  },
  budget_exhausted: {
    status: 429,
    chatStatus: 200,
    retryable: false,
    message: "The assistant has reached its limit for now. Please come back later.",
  },
  unauthorized: {
    status: 401,
    chatStatus: 401,
    retryable: false,
    message: "This credential is not valid.",
  },
  forbidden: {
    status: 403,
    chatStatus: 403,
    retryable: false,
    message: "This is not allowed.",
  },
  rate_limited: {
    status: 429,
    chatStatus: 429,
    retryable: true,
    message: "Too many requests. Please wait a moment.",
  },
  payload_too_large: {
    status: 413,
    chatStatus: 413,
    retryable: false,
    message: "This request is too large.",
  },
  unsupported_media_type: {
    status: 415,
    chatStatus: 415,
    retryable: false,
    message: "The body must be application/json.",
  },
  not_found: { status: 404, chatStatus: 404, retryable: false, message: "Nothing is here." },
  method_not_allowed: {
    status: 405,
    chatStatus: 405,
    retryable: false,
    message: "This method is not allowed here.",
  },
  unavailable: {
    status: 503,
    chatStatus: 503,
    retryable: true,
    message: "The service is not available right now. Please try again.",
  },
  internal: {
    status: 500,
    chatStatus: 500,
    retryable: true,
    message: "Something went wrong on our side. Please try again.",
  },
} as const satisfies Record<string, ErrorRule>;

/** One of the closed list. */
export type ErrorCode = keyof typeof ERRORS;

/** An error whose code and message may be shown to the visitor; the cause is for the log only. */
export class OrchaError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string = ERRORS[code].message, options?: ErrorOptions) {
    super(message, options);
    this.name = "OrchaError";
    this.code = code;
  }
}
