import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { RequestContext } from "../context.ts";
import { commonHeaders } from "../send.ts";

const ALLOWED = "content-type, authorization, idempotency-key, last-event-id, x-aura-visitor";

/** Approves any origin: a preflight carries neither body nor token, so there is nothing to decide on yet. */
export function preflight(c: RequestContext): Response {
  c.env.outgoing.writeHead(204, {
    ...commonHeaders(c),
    "Access-Control-Allow-Methods": "GET, POST, PATCH, DELETE",
    "Access-Control-Allow-Headers": ALLOWED,
    "Access-Control-Max-Age": "7200",
  });
  c.env.outgoing.end();
  return RESPONSE_ALREADY_SENT;
}
