import type { ErrorCode } from "@orcha/contract";
import { reservationOf } from "../budgets/reservation.ts";
import type { Ownership } from "../conversations/access.ts";
import { errorCodeOf } from "../conversations/error-code.ts";
import type { Connection } from "../db/database.ts";
import type { TurnState } from "../db/schema.ts";
import { statement } from "../db/statement.ts";
import { type OpenedTurn, openedTurn } from "./opened-turn.ts";

/** A turn that is on record. */
export interface KnownTurn extends OpenedTurn {
  readonly state: TurnState;
  readonly errorCode: ErrorCode | undefined;
  readonly holder: string;
  /** Of its conversation. */
  readonly ownership: Ownership;
  /** Of its last attempt that ended. */
  readonly model: string | null;
}

const selectTurn = statement<{ tenantId: string; id: number }>()((db, p) =>
  db
    .selectFrom("turns")
    .innerJoin("messages", (join) =>
      join
        .onRef("messages.tenant_id", "=", "turns.tenant_id")
        .onRef("messages.id", "=", "turns.id"),
    )
    .innerJoin("conversations", (join) =>
      join
        .onRef("conversations.tenant_id", "=", "turns.tenant_id")
        .onRef("conversations.id", "=", "turns.conversation_id"),
    )
    .select([
      "turns.conversation_id",
      "turns.state",
      "turns.error_code",
      "turns.replaces_turn_id",
      "turns.holder",
      "turns.created_at as turn_created_at",
      "turns.user_id as turn_user_id",
      "turns.model",
      "turns.input_tokens",
      "turns.output_tokens",
      "turns.cost",
      "turns.reserved_tokens",
      "turns.reserved_cost",
      "turns.spender",
      "turns.budget_day",
      "messages.position",
      "conversations.label",
      "conversations.user_id",
      "conversations.owner",
      "conversations.offered_owner",
      "conversations.created_at",
    ])
    .where("turns.tenant_id", "=", p("tenantId"))
    .where("turns.id", "=", p("id")),
);

/** Says nothing about who may know it: compare its ownership. */
export async function findTurn(
  reader: Connection,
  tenantId: string,
  turnId: number,
): Promise<KnownTurn | undefined> {
  const [row] = await reader.run(selectTurn, { tenantId, id: turnId });
  if (!row) return undefined;
  return {
    ...openedTurn({
      turnId,
      conversationId: row.conversation_id,
      position: row.position,
      replacesTurnId: row.replaces_turn_id ?? undefined,
      account: {
        createdAt: row.turn_created_at,
        label: row.label,
        userId: row.turn_user_id ?? row.user_id,
        spentBefore: {
          inputTokens: row.input_tokens,
          outputTokens: row.output_tokens,
          cost: row.cost,
        },
        reservation: reservationOf(row),
      },
    }),
    state: row.state,
    errorCode: row.error_code === null ? undefined : errorCodeOf(row.error_code),
    holder: row.holder,
    ownership: row,
    model: row.model,
  };
}
