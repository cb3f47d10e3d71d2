import type { MessagePage } from "@orcha/contract";
import type { ConnectionOptions } from "./options.ts";
import { type JsonObject, readAnswer, unreadable } from "./read-answer.ts";
import { request } from "./request.ts";

/** Which page of which transcript. */
export interface ListMessagesOptions extends ConnectionOptions {
  readonly conversationId: number | string;
  /** `next_cursor` of the page read before; absent reads the latest messages. */
  readonly cursor?: string | null | undefined;
}

/**
 * One page of a conversation's transcript in reading order, for its owner.
 * @throws OrchaClientError `conversation_not_found` for everybody else.
 */
export async function listMessages(options: ListMessagesOptions): Promise<MessagePage> {
  const query = new URLSearchParams();
  if (options.tenantId) query.set("tenant_id", options.tenantId);
  if (options.cursor) query.set("cursor", options.cursor);

  const path = `conversations/${encodeURIComponent(options.conversationId)}/messages?${query}`;
  const response = await request(options, path);
  return pageOf(await readAnswer(response, options.signal), response);
}

// The members are vouched for by the server's own schema; only the list itself is looked at.
function pageOf(body: JsonObject, response: Response): MessagePage {
  if (!Array.isArray(body.data)) throw unreadable(response);
  return body as unknown as MessagePage;
}
