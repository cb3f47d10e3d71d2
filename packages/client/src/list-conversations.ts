import type { OwnConversationPage } from "@orcha/contract";
import type { ConnectionOptions } from "./options.ts";
import { type JsonObject, readAnswer, unreadable } from "./read-answer.ts";
import { request } from "./request.ts";

/** Which page of which conversations. */
export interface ListConversationsOptions extends ConnectionOptions {
  /** Only those with this text in the title or in a message. */
  readonly search?: string | null | undefined;
  /** `next_cursor` of the page read before; absent reads the latest ones. */
  readonly cursor?: string | null | undefined;
  /** How many at most, up to 200. @default 50 */
  readonly limit?: number | undefined;
}

/**
 * One page of the visitor's own conversations, the latest activity first; none for a visitor who proves nothing.
 * @example
 * const { data, next_cursor } = await listConversations({ visitor, search: "refund" });
 */
export async function listConversations(
  options: ListConversationsOptions = {},
): Promise<OwnConversationPage> {
  const query = new URLSearchParams();
  if (options.tenantId) query.set("tenant_id", options.tenantId);
  if (options.search) query.set("q", options.search);
  if (options.cursor) query.set("cursor", options.cursor);
  if (options.limit) query.set("limit", String(options.limit));

  const response = await request(options, `conversations?${query}`);
  return pageOf(await readAnswer(response, options.signal), response);
}

// The members are vouched for by the server's own schema; only the list itself is looked at.
function pageOf(body: JsonObject, response: Response): OwnConversationPage {
  if (!Array.isArray(body.data)) throw unreadable(response);
  return body as unknown as OwnConversationPage;
}
