import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { API_PATH, type ErrorCode, HEADERS, type OrchaError } from "@orcha/contract";
import { RateLimitedError } from "../limits/rate-limited-error.ts";
import type { RequestContext } from "./context.ts";

const EXPOSED = Object.values(HEADERS).join(", ");

/** Headers of an answer; a list sends the header several times. */
export type HeaderValues = Readonly<Record<string, string | readonly string[]>>;

/**
 * What every answer of ours carries. Pages of any origin may call the API, never with another origin's cookies:
 * there is no Access-Control-Allow-Credentials.
 */
export function commonHeaders(c: RequestContext): Record<string, string> {
  const headers: Record<string, string> = {
    [HEADERS.requestId]: c.get("requestId"),
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
  };
  if (c.req.path.startsWith(API_PATH)) {
    headers["Access-Control-Allow-Origin"] = "*";
    headers["Access-Control-Expose-Headers"] = EXPOSED;
    headers.Vary = "Origin";
  }
  return headers;
}

/** When a failure that passes by itself is worth another try, in seconds. */
export function retryAfter(error: OrchaError): HeaderValues {
  if (error instanceof RateLimitedError) return { "Retry-After": String(error.retryAfterSeconds) };
  return retryAfterCode(error.code);
}

export function retryAfterCode(code: ErrorCode): HeaderValues {
  if (code === "rate_limited") return { "Retry-After": "2" };
  return code === "unavailable" ? { "Retry-After": "1" } : {};
}

/** Sends JSON through Node's own response: building a web Response first costs more than a small turn. */
export function sendJson(
  c: RequestContext,
  status: number,
  body: unknown,
  headers: HeaderValues = {},
): Response {
  const bytes = Buffer.from(JSON.stringify(body));
  const response = c.env.outgoing;
  response.writeHead(status, {
    ...commonHeaders(c),
    "Content-Type": "application/json; charset=UTF-8",
    "Content-Length": bytes.length,
    ...writable(headers),
  });
  response.end(bytes);
  return RESPONSE_ALREADY_SENT;
}

/** Node's types want arrays that may be changed. */
export function writable(headers: HeaderValues): Record<string, string | string[]> {
  const copy: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    copy[name] = typeof value === "string" ? value : [...value];
  }
  return copy;
}
