import { OrchaError } from "@orcha/contract";
import type { Connection } from "../db/database.ts";
import { statement } from "../db/statement.ts";
import { markReplaced } from "./replaced-store.ts";

const selectLastTurn = statement<{ tenantId: string; conversationId: number }>()((db, p) =>
  db
    .selectFrom("messages")
    .innerJoin("turns", (join) =>
      join
        .onRef("turns.tenant_id", "=", "messages.tenant_id")
        .onRef("turns.id", "=", "messages.turn_id"),
    )
    .select(["turns.id", "turns.state", "turns.replaces_turn_id"])
    .where("messages.tenant_id", "=", p("tenantId"))
    .where("messages.conversation_id", "=", p("conversationId"))
    .where("turns.replaced", "=", 0)
    .orderBy("messages.position", "desc")
    .limit(1),
);

/** The conversation's last turn that none has replaced; undefined before the first. */
export async function findLastTurn(
  transaction: Connection,
  tenantId: string,
  conversationId: number,
): Promise<number | undefined> {
  const [last] = await transaction.run(selectLastTurn, { tenantId, conversationId });
  return last?.id;
}

/**
 * The turn that a message belongs to, when it is the conversation's last. A turn's messages have its own even id and the
 * next; the answer's counts even when the turn failed before there was one.
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
  // An attempt to replace a turn that failed leaves that turn the last one; the attempt itself goes.
  const replaced = last?.state === "failed" ? last.replaces_turn_id : null;
  const lastId = replaced ?? last?.id;
  if (last && lastId !== undefined && [last.id, lastId].includes(messageId - (messageId % 2))) {
    if (replaced !== null) await transaction.change(markReplaced, { tenantId, id: last.id });
    return lastId;
  }
  throw new OrchaError(
    "invalid_request",
    "replace_message_id must be a message of the last turn of this conversation.",
  );
}
