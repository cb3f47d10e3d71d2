import type { ErasureReceipt } from "@orcha/contract";
import { eraseAt } from "./erase-at.ts";
import type { ConnectionOptions } from "./options.ts";

/** Which conversation. */
export interface DeleteConversationOptions extends ConnectionOptions {
  readonly conversationId: number | string;
}

/**
 * Erases a conversation of the visitor's with everything in it, also while an answer runs. It is never repeated by itself.
 * @throws OrchaClientError `conversation_not_found` for everybody but its owner, and once it is gone.
 */
export function deleteConversation(options: DeleteConversationOptions): Promise<ErasureReceipt> {
  return eraseAt(options, `conversations/${encodeURIComponent(options.conversationId)}`);
}
