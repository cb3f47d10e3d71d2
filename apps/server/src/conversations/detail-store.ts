import { type ListedConversation, OrchaError, type RecordedMessage } from "@orcha/contract";
import type { Connection } from "../db/database.ts";
import { statement } from "../db/statement.ts";
import { describeConversations } from "./describe-store.ts";
import { findHead } from "./list-store.ts";
import { MAX_POSITION, toMessage } from "./store.ts";

const selectMessages = statement<{
  tenantId: string;
  conversationId: number;
  before: number;
  limit: number;
}>()((db, p) =>
  db
    .selectFrom("messages")
    .innerJoin("turns", (join) =>
      join
        .onRef("turns.tenant_id", "=", "messages.tenant_id")
        .onRef("turns.id", "=", "messages.turn_id"),
    )
    .select([
      "messages.id",
      "messages.turn_id",
      "messages.position",
      "messages.role",
      "messages.text",
      "messages.contexts",
      "messages.created_at",
      "turns.state",
      "turns.error_code",
      "turns.replaced",
    ])
    .where("messages.tenant_id", "=", p("tenantId"))
    .where("messages.conversation_id", "=", p("conversationId"))
    .where("messages.position", "<", p("before"))
    .orderBy("messages.position", "desc")
    .limit(p("limit")),
);

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

  const rows = await reader.run(selectMessages, {
    tenantId,
    conversationId: id,
    before: page.before ?? MAX_POSITION,
    limit: page.limit + 1,
  });
  const shown = rows.slice(0, page.limit);
  const earliest = shown.at(-1)?.position;
  return {
    conversation,
    messages: shown.reverse().map((row) => ({ ...toMessage(row), replaced: row.replaced === 1 })),
    before: rows.length > page.limit ? earliest : undefined,
  };
}
