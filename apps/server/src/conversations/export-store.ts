import type { Context, TurnRecord } from "@orcha/contract";
import type { Connection } from "../db/database.ts";
import type { FeedbackTable, MessageTable, TurnPieceTable, TurnTable } from "../db/schema.ts";
import { toAmount } from "../usage/money.ts";
import { toError } from "./message-page-store.ts";

type MessageRow = MessageTable & {
  readonly [Column in "rating" | "comment" | "given_at"]: FeedbackTable[Column] | null;
};
type KeyRow = { readonly turn_id: number; readonly key: string; readonly created_at: number };

/** Positions of messages, the first included. */
export interface Positions {
  readonly from: number;
  readonly to: number;
}

/**
 * A conversation's turns, in order, with everything that is kept under them: those whose messages stand at some positions. By
 * position, because a turn's messages stand at an even one and the next, and the index of positions is in order.
 */
export async function readTurnRecords(
  reader: Connection,
  tenantId: string,
  conversationId: number,
  positions: Positions,
): Promise<TurnRecord[]> {
  const found = await readMessages(reader, tenantId, conversationId, positions);
  const messages = groupByTurn(found);
  const turnIds = [...messages.keys()];
  if (turnIds.length === 0) return [];
  const [turns, pieces, keys] = await Promise.all([
    readTurns(reader, tenantId, turnIds),
    readPieces(reader, tenantId, turnIds).then(groupByTurn),
    readKeys(reader, tenantId, turnIds).then(groupByTurn),
  ]);
  return turns.map((turn) =>
    toRecord(turn, {
      messages: messages.get(turn.id) ?? [],
      pieces: pieces.get(turn.id) ?? [],
      keys: keys.get(turn.id) ?? [],
    }),
  );
}

async function readMessages(
  reader: Connection,
  tenantId: string,
  conversationId: number,
  { from, to }: Positions,
): Promise<MessageRow[]> {
  return reader.query(
    tenantId,
    reader.builder
      .selectFrom("messages")
      .leftJoin("feedback", (join) =>
        join
          .onRef("feedback.tenant_id", "=", "messages.tenant_id")
          .onRef("feedback.message_id", "=", "messages.id"),
      )
      .selectAll("messages")
      .select(["feedback.rating", "feedback.comment", "feedback.given_at"])
      .where("messages.tenant_id", "=", tenantId)
      .where("conversation_id", "=", conversationId)
      .where("position", ">=", from)
      .where("position", "<", to)
      .orderBy("position"),
  );
}

async function readTurns(
  reader: Connection,
  tenantId: string,
  turnIds: readonly number[],
): Promise<TurnTable[]> {
  return reader.query(
    tenantId,
    reader.builder
      .selectFrom("turns")
      .selectAll()
      .where("tenant_id", "=", tenantId)
      .where("id", "in", turnIds)
      .orderBy("id"),
  );
}

async function readPieces(
  reader: Connection,
  tenantId: string,
  turnIds: readonly number[],
): Promise<TurnPieceTable[]> {
  return reader.query(
    tenantId,
    reader.builder
      .selectFrom("turn_pieces")
      .selectAll()
      .where("tenant_id", "=", tenantId)
      .where("turn_id", "in", turnIds)
      .orderBy("turn_id")
      .orderBy("piece"),
  );
}

async function readKeys(
  reader: Connection,
  tenantId: string,
  turnIds: readonly number[],
): Promise<KeyRow[]> {
  return reader.query(
    tenantId,
    reader.builder
      .selectFrom("idempotency_keys")
      .select(["turn_id", "key", "created_at"])
      .where("tenant_id", "=", tenantId)
      .where("turn_id", "in", turnIds)
      .orderBy("created_at"),
  );
}

function groupByTurn<Row extends { readonly turn_id: number }>(rows: readonly Row[]) {
  const groups = new Map<number, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.turn_id);
    if (group) group.push(row);
    else groups.set(row.turn_id, [row]);
  }
  return groups;
}

interface OfTurn {
  readonly messages: readonly MessageRow[];
  readonly pieces: readonly TurnPieceTable[];
  readonly keys: readonly KeyRow[];
}

function toRecord(turn: TurnTable, { messages, pieces, keys }: OfTurn): TurnRecord {
  return {
    id: turn.id,
    status: turn.state,
    error: turn.error_code === null ? null : toError(turn.error_code),
    created_at: toTime(turn.created_at),
    ended_at: turn.ended_at === null ? null : toTime(turn.ended_at),
    finish_reason: turn.finish_reason,
    model: turn.model,
    input_tokens: turn.input_tokens,
    output_tokens: turn.output_tokens,
    cost: toAmount(turn.cost),
    first_token_ms: turn.first_token_ms,
    total_ms: turn.total_ms,
    replaces_turn_id: turn.replaces_turn_id,
    replaced: turn.replaced === 1,
    messages: messages.map(toMessageRecord),
    partial_text: pieces.length === 0 ? null : pieces.map(({ text }) => text).join(""),
    idempotency_keys: keys.map(({ key, created_at }) => ({ key, created_at: toTime(created_at) })),
  };
}

function toMessageRecord(row: MessageRow): TurnRecord["messages"][number] {
  const contexts: Context[] | undefined = row.contexts ? JSON.parse(row.contexts) : undefined;
  const { rating, comment, given_at } = row;
  return {
    id: row.id,
    role: row.role,
    text: row.text,
    ...(contexts && { contexts }),
    created_at: toTime(row.created_at),
    ...(rating !== null &&
      given_at !== null && { feedback: { rating, comment, given_at: toTime(given_at) } }),
  };
}

function toTime(ms: number): string {
  return new Date(ms).toISOString();
}
