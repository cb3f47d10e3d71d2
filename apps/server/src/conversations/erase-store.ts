import type { ErasedCounts } from "@orcha/contract";
import { type Connection, defineWrite } from "../db/database.ts";
import { lockRows } from "../db/lock-rows.ts";

/** So many turns at once keep a write short. */
const MAX_TURNS = 1000;

export interface EraseInput {
  readonly tenantId: string;
  /** At most a few hundred. */
  readonly conversationIds: readonly number[];
  /** Only what was not touched since; undefined for all of them. */
  readonly untouchedSince: number | undefined;
}

/**
 * Erases conversations in which no turn runs, with all that hangs on them. A long one goes in parts: it is there as long as the
 * count of conversations does not hold it.
 */
export const eraseIdleConversations = defineWrite(
  "conversations.erase",
  async (transaction, input: EraseInput): Promise<ErasedCounts> => {
    const { tenantId } = input;
    const conversationIds = await holdIdle(transaction, input);
    const turnIds = await someTurns(transaction, tenantId, conversationIds);
    const ofTurns = await eraseTurns(transaction, tenantId, turnIds);
    const conversations =
      turnIds.length < MAX_TURNS ? await eraseEmpty(transaction, tenantId, conversationIds) : 0;
    return { ...NOTHING_ERASED, ...ofTurns, conversations };
  },
);

export const NOTHING_ERASED: ErasedCounts = {
  conversations: 0,
  turns: 0,
  messages: 0,
  feedback: 0,
  turn_pieces: 0,
  idempotency_keys: 0,
  users: 0,
};

/** Holds the conversations until the write ends, so that no turn begins in them; in one order, so that no two writes wait for each other. */
async function holdIdle(transaction: Connection, input: EraseInput): Promise<number[]> {
  const { tenantId, conversationIds, untouchedSince } = input;
  if (conversationIds.length === 0) return [];
  const idle = transaction.builder
    .selectFrom("conversations")
    .select("id")
    .where("tenant_id", "=", tenantId)
    .where("id", "in", conversationIds)
    .where("active_turn_id", "is", null)
    .$if(untouchedSince !== undefined, (query) =>
      query.where("updated_at", "<", Number(untouchedSince)),
    )
    .orderBy("id");
  const held = await transaction.query(tenantId, lockRows(transaction, idle));
  return held.map(({ id }) => id);
}

async function someTurns(
  transaction: Connection,
  tenantId: string,
  conversationIds: readonly number[],
): Promise<number[]> {
  if (conversationIds.length === 0) return [];
  const rows = await transaction.query(
    tenantId,
    transaction.builder
      .selectFrom("turns")
      .select("id")
      .where("tenant_id", "=", tenantId)
      .where("conversation_id", "in", conversationIds)
      .limit(MAX_TURNS),
  );
  return rows.map(({ id }) => id);
}

/** Table by table, to count what goes; the foreign keys would take it along as well. */
async function eraseTurns(
  transaction: Connection,
  tenantId: string,
  turnIds: readonly number[],
): Promise<Partial<ErasedCounts>> {
  if (turnIds.length === 0) return {};
  const eraseFrom = async (table: "turn_pieces" | "idempotency_keys" | "messages") => {
    const rows = await transaction.query(
      tenantId,
      transaction.builder
        .deleteFrom(table)
        .where("tenant_id", "=", tenantId)
        .where("turn_id", "in", turnIds)
        .returning("turn_id"),
    );
    return rows.length;
  };
  const counts = {
    turn_pieces: await eraseFrom("turn_pieces"),
    idempotency_keys: await eraseFrom("idempotency_keys"),
    feedback: await eraseFeedback(transaction, tenantId, turnIds),
    messages: await eraseFrom("messages"),
  };
  const turns = await transaction.query(
    tenantId,
    transaction.builder
      .deleteFrom("turns")
      .where("tenant_id", "=", tenantId)
      .where("id", "in", turnIds)
      .returning("id"),
  );
  return { ...counts, turns: turns.length };
}

async function eraseFeedback(
  transaction: Connection,
  tenantId: string,
  turnIds: readonly number[],
): Promise<number> {
  const rows = await transaction.query(
    tenantId,
    transaction.builder
      .deleteFrom("feedback")
      .where("tenant_id", "=", tenantId)
      .where("message_id", "in", (select) =>
        select
          .selectFrom("messages")
          .select("id")
          .where("tenant_id", "=", tenantId)
          .where("turn_id", "in", turnIds),
      )
      .returning("message_id"),
  );
  return rows.length;
}

async function eraseEmpty(
  transaction: Connection,
  tenantId: string,
  conversationIds: readonly number[],
): Promise<number> {
  if (conversationIds.length === 0) return 0;
  const rows = await transaction.query(
    tenantId,
    transaction.builder
      .deleteFrom("conversations")
      .where("tenant_id", "=", tenantId)
      .where("id", "in", conversationIds)
      .returning("id"),
  );
  return rows.length;
}
