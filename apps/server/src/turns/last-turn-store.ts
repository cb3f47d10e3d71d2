import { OrchaError } from "@orcha/contract";
import type { Connection } from "../db/database.ts";
import { statement } from "../db/statement.ts";

const selectLastTurn = statement<{ tenantId: string; conversationId: number }>()((db, p) =>
  db
    .selectFrom("messages")
    .select("turn_id")
    .where("tenant_id", "=", p("tenantId"))
    .where("conversation_id", "=", p("conversationId"))
    .orderBy("position", "desc")
    .limit(1),
);

const selectMessageTurn = statement<{ tenantId: string; conversationId: number; id: number }>()(
  (db, p) =>
    db
      .selectFrom("messages")
      .select("turn_id")
      .where("tenant_id", "=", p("tenantId"))
      .where("id", "=", p("id"))
      .where("conversation_id", "=", p("conversationId")),
);

/**
 * The turn that a message belongs to, when it is the conversation's last.
 * @throws OrchaError `invalid_request` for any other message
 */
export async function lastTurnOf(
  transaction: Connection,
  tenantId: string,
  conversationId: number,
  messageId: number,
): Promise<number> {
  const [last] = await transaction.run(selectLastTurn, { tenantId, conversationId });
  const [named] = await transaction.run(selectMessageTurn, {
    tenantId,
    conversationId,
    id: messageId,
  });
  if (!last || !named || last.turn_id !== named.turn_id) {
    throw new OrchaError(
      "invalid_request",
      "replace_message_id must be a message of the last turn of this conversation.",
    );
  }
  return last.turn_id;
}
