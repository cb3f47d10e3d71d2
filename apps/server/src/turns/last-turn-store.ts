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

/**
 * The turn that a message belongs to, when it is the conversation's last. A turn's messages have its own id and the next;
 * the answer's counts even when the turn failed before there was one.
 *
 * @throws OrchaError `invalid_request` for any other message
 */
export async function lastTurnOf(
  transaction: Connection,
  tenantId: string,
  conversationId: number,
  messageId: number,
): Promise<number> {
  const [last] = await transaction.run(selectLastTurn, { tenantId, conversationId });
  if (last && (messageId === last.turn_id || messageId === last.turn_id + 1)) return last.turn_id;
  throw new OrchaError(
    "invalid_request",
    "replace_message_id must be a message of the last turn of this conversation.",
  );
}
