import { type ListedConversation, OrchaError, type RecordedMessage } from "@orcha/contract";
import type { Connection } from "../db/database.ts";
import { describeConversations } from "./describe-store.ts";
import { findHead } from "./list-store.ts";
import { readMessagePage } from "./message-page-store.ts";

/** A conversation and one page of its messages in reading order, also of those that were replaced. */
export interface RecordedConversation {
  readonly conversation: ListedConversation;
  readonly messages: readonly RecordedMessage[];
  /** The position to read on before; undefined at the beginning. */
  readonly before: number | undefined;
}

/**
 * Reads a conversation for its tenant's operators.
 * @throws OrchaError `conversation_not_found`, also for one under another label than the one that is named
 */
export async function readConversation(
  reader: Connection,
  named: { readonly tenantId: string; readonly id: number; readonly label: string | undefined },
  page: { readonly before: number | undefined; readonly limit: number },
): Promise<RecordedConversation> {
  const { tenantId, id, label } = named;
  const head = await findHead(reader, tenantId, id, label);
  const [conversation] = await describeConversations(reader, tenantId, head ? [head] : []);
  if (!conversation) throw new OrchaError("conversation_not_found");

  const read = { tenantId, conversationId: id, ...page };
  return { conversation, ...(await readMessagePage(reader, read, "shown")) };
}
