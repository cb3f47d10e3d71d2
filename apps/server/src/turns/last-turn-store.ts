import { OrchaError } from "@orcha/contract";
import type { Connection } from "../db/database.ts";
import { statement } from "../db/statement.ts";

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

/** Takes a turn out of the history and the transcript; it stays in the record. */
export const markReplaced = statement<{ tenantId: string; id: number }>()((db, p) =>
  db
    .updateTable("turns")
    .set({ replaced: 1 })
    .where("tenant_id", "=", p("tenantId"))
    .where("id", "=", p("id")),
);

/** The conversation's last turn that none has replaced; undefined before the first. */
export async function findLastTurn(
  reader: Connection,
  tenantId: string,
  conversationId: number,
): Promise<number | undefined> {
  const [last] = await reader.run(selectLastTurn, { tenantId, conversationId });
  return last?.id;
}

/**
 * The turn that a message belongs to, when it is the conversation's last. A turn's messages have its own even id and the
 * next; the answer's counts even when the turn failed before there was one. An attempt to replace a turn that failed leaves
 * that turn the last one, and is superseded itself.
 *
 * @throws OrchaError `invalid_request` for any other message
 */
export async function lastTurnOf(
  reader: Connection,
  tenantId: string,
  conversationId: number,
  messageId: number,
): Promise<{
  readonly replacesTurnId: number;
  readonly supersedesTurnId: number | undefined;
}> {
  const [last] = await reader.run(selectLastTurn, { tenantId, conversationId });
  const replaced = last?.state === "failed" ? last.replaces_turn_id : null;
  const lastId = replaced ?? last?.id;
  if (last && lastId !== undefined && [last.id, lastId].includes(messageId - (messageId % 2))) {
    return {
      replacesTurnId: lastId,
      supersedesTurnId: replaced === null ? undefined : last.id,
    };
  }
  throw new OrchaError(
    "invalid_request",
    "replace_message_id must be a message of the last turn of this conversation.",
  );
}
