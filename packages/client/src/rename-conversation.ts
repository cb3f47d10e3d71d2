import type { OwnConversation } from "@orcha/contract";
import type { ConnectionOptions } from "./options.ts";
import { type JsonObject, readAnswer, unreadable } from "./read-answer.ts";
import { request, tenantQuery } from "./request.ts";
import { repeat } from "./retry.ts";

/** Which conversation, and what it is to be called. */
export interface RenameConversationOptions extends ConnectionOptions {
  readonly conversationId: number | string;
  /** At most 100 characters; null gives the automatic title back. */
  readonly title: string | null;
}

/**
 * Gives a conversation of the visitor's another title.
 * @throws OrchaClientError `conversation_not_found` for everybody but its owner.
 */
export function renameConversation(options: RenameConversationOptions): Promise<OwnConversation> {
  const path = `conversations/${encodeURIComponent(options.conversationId)}${tenantQuery(options)}`;
  const body = JSON.stringify({ title: options.title });
  return repeat(options, async () => {
    const response = await request(options, path, { method: "PATCH", body });
    return conversationOf(await readAnswer(response, options.signal), response);
  });
}

// The members are vouched for by the server's own schema; only that there is a title is looked at.
function conversationOf(body: JsonObject, response: Response): OwnConversation {
  if (typeof body.title !== "string") throw unreadable(response);
  return body as unknown as OwnConversation;
}
