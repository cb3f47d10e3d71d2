/** Headers of ours; everything newer than the seed travels in them or in the event stream, never in the JSON body. */
export const HEADERS = {
  requestId: "X-Request-Id",
  turnId: "X-Orcha-Turn-Id",
  messageId: "X-Orcha-Message-Id",
  error: "X-Orcha-Error",
  visitor: "X-Aura-Visitor",
  retryAfter: "Retry-After",
  idempotencyKey: "Idempotency-Key",
} as const;

/** Where the API stands below the server's base address. */
export const API_PATH = "/api/v1/orcha";
