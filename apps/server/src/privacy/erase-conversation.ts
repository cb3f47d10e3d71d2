import { type ErasureReceipt, OrchaError } from "@orcha/contract";
import { findDoomed } from "./doomed-store.ts";
import { type EraseDeps, eraseConversations } from "./erase-conversations.ts";
import { type ErasedBy, giveReceipt } from "./give-receipt.ts";

export interface NamedConversation {
  readonly tenantId: string;
  readonly id: number;
  /** Undefined for whichever label it stands under. */
  readonly label: string | undefined;
}

/**
 * Erases one conversation, after stopping what runs in it.
 *
 * @param by undefined for its visitor
 * @throws OrchaError `conversation_not_found`
 */
export async function eraseConversation(
  deps: EraseDeps,
  { tenantId, id, label }: NamedConversation,
  by: ErasedBy | undefined,
): Promise<ErasureReceipt> {
  const counts = await eraseConversations(deps, {
    tenantId,
    find: () => findDoomed(deps.database.reader, tenantId, id, label),
  });
  if (counts.conversations === 0) throw new OrchaError("conversation_not_found");
  return giveReceipt(deps, tenantId, counts, by);
}
