import { idSchema, OrchaError } from "@orcha/contract";
import { MAX_POSITION } from "../conversations/message-page-store.ts";
import { cleanText } from "../turns/clean-text.ts";
import type { RequestContext } from "./context.ts";

const MAX_TENANT_CHARS = 100;
const MAX_PAGE = 200;
const DEFAULT_PAGE = 50;

/** `?tenant_id=`; undefined is the default tenant. */
export function tenantParameter(c: RequestContext): string | undefined {
  return tenantName(c.req.query("tenant_id"));
}

/** The tenant of a path, `…/tenants/{tenant}`; undefined in any other. */
export function tenantInPath(c: RequestContext): string | undefined {
  return tenantName(c.req.param("tenant"));
}

function tenantName(tenant: string | undefined): string | undefined {
  if (tenant === undefined || tenant === "") return undefined;
  if ([...tenant].length > MAX_TENANT_CHARS) {
    throw new OrchaError("invalid_request", "tenant_id must be a string of 1 to 100 characters.");
  }
  return cleanText(tenant);
}

/** A conversation's id in the path; what is no id is a conversation that does not exist. */
export function conversationParameter(c: RequestContext): number {
  const parsed = idSchema.safeParse(c.req.param("id"));
  if (!parsed.success) throw new OrchaError("conversation_not_found");
  return parsed.data;
}

/** A turn's id in the path; what is no id is a turn that does not exist. */
export function turnParameter(c: RequestContext): number {
  return idParameter(c);
}

/** A message's id in the path; what is no id is a message that does not exist. */
export function messageParameter(c: RequestContext): number {
  return idParameter(c);
}

function idParameter(c: RequestContext): number {
  const parsed = idSchema.safeParse(c.req.param("id"));
  if (!parsed.success) throw new OrchaError("not_found");
  return parsed.data;
}

/** `?user_id=`: as whom a server with a secret key speaks; undefined is the default user. */
export function userParameter(c: RequestContext): number | undefined {
  const user = c.req.query("user_id");
  if (user === undefined || user === "") return undefined;
  const parsed = idSchema.safeParse(user);
  if (!parsed.success) {
    throw new OrchaError("invalid_request", "user_id must be a positive integer.");
  }
  return parsed.data;
}

export function limitParameter(c: RequestContext): number {
  const limit = Number(c.req.query("limit") ?? DEFAULT_PAGE);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_PAGE) {
    throw new OrchaError("invalid_request", `limit must be from 1 to ${MAX_PAGE}.`);
  }
  return limit;
}

/** `?cursor=` as an earlier page gave it: the position to read on before. */
export function cursorParameter(c: RequestContext): number | undefined {
  const cursor = c.req.query("cursor");
  if (cursor === undefined || cursor === "") return undefined;
  const position = Number(cursor);
  if (!Number.isInteger(position) || position < 0 || position > MAX_POSITION) {
    throw new OrchaError("invalid_request", "cursor must be the next_cursor of an earlier page.");
  }
  return position;
}
