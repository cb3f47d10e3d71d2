import { type Connection, defineWrite } from "../db/database.ts";
import { fill, perSize } from "../db/sized-statements.ts";
import { statement, statementOverAll } from "../db/statement.ts";
import { releaseLease } from "./lease-store.ts";
import { insertMessage } from "./message-store.ts";
import { deletePieces, readPieces } from "./pieces-store.ts";

const selectPending = statementOverAll<Record<never, never>>()((db) =>
  db
    .selectFrom("turns")
    .select(["tenant_id", "id", "conversation_id", "holder", "heartbeat"])
    .where("state", "=", "pending"),
);

/** Only while its heartbeat stands where it was seen: a holder that woke up keeps its turn. */
const abandonTurn = statement<{ tenantId: string; id: number; heartbeat: number; now: number }>()(
  (db, p) =>
    db
      .updateTable("turns")
      .set({
        state: "failed",
        ended_at: p("now"),
        error_code: "unavailable",
        finish_reason: "cut",
      })
      .where("tenant_id", "=", p("tenantId"))
      .where("id", "=", p("id"))
      .where("state", "=", "pending")
      .where("heartbeat", "=", p("heartbeat")),
);

const MAX_IDS = 256;
type Beat = { holder: string } & { [row: `id${number}`]: number };

const countUp = perSize((rows) =>
  statementOverAll<Beat>()((db, p) =>
    db
      .updateTable("turns")
      .set((set) => ({ heartbeat: set("heartbeat", "+", 1) }))
      .where("state", "=", "pending")
      .where("holder", "=", p("holder"))
      .where(
        "id",
        "in",
        rows.map((row) => p(`id${row}`)),
      ),
  ),
);

/** Tells the other processes that these turns of this one are alive. */
export const beatTurns = defineWrite(
  "turns.beat",
  async (
    transaction,
    { holder, turnIds }: { readonly holder: string; readonly turnIds: readonly number[] },
  ): Promise<void> => {
    for (let at = 0; at < turnIds.length; at += MAX_IDS) {
      const values: Beat = { holder };
      const size = fill(turnIds.slice(at, at + MAX_IDS), (row, id) => {
        values[`id${row}`] = id;
      });
      await transaction.change(countUp(size), values);
    }
  },
);

/** A turn that some process is working on, or was when it died. */
export interface PendingTurn {
  readonly tenantId: string;
  readonly turnId: number;
  readonly conversationId: number;
  readonly holder: string;
  readonly heartbeat: number;
}

export async function listPendingTurns(reader: Connection): Promise<PendingTurn[]> {
  const rows = await reader.run(selectPending, {});
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    turnId: row.id,
    conversationId: row.conversation_id,
    holder: row.holder,
    heartbeat: row.heartbeat,
  }));
}

const selectVisitorMessage = statement<{ tenantId: string; turnId: number }>()((db, p) =>
  db
    .selectFrom("messages")
    .select("position")
    .where("tenant_id", "=", p("tenantId"))
    .where("id", "=", p("turnId")),
);

/** Fails turns whose process is gone, so that their conversations go on; what they had said is kept. */
export const abandonTurns = defineWrite(
  "turns.abandon",
  async (
    transaction,
    input: { readonly turns: readonly PendingTurn[]; readonly now: number },
  ): Promise<void> => {
    const { now } = input;
    for (const turn of input.turns) {
      const { tenantId, turnId, conversationId, heartbeat } = turn;
      const ended = await transaction.change(abandonTurn, { tenantId, id: turnId, heartbeat, now });
      if (ended === 0) continue;
      await keepPieces(transaction, turn, now);
      await transaction.change(releaseLease, { tenantId, id: conversationId, turnId, now });
    }
  },
);

async function keepPieces(transaction: Connection, turn: PendingTurn, now: number): Promise<void> {
  const { tenantId, turnId, conversationId } = turn;
  const pieces = await readPieces(transaction, turn, 0);
  const text = pieces.map((piece) => piece.text).join("");
  const [visitor] = await transaction.run(selectVisitorMessage, { tenantId, turnId });
  if (text !== "" && visitor) {
    await transaction.change(insertMessage, {
      tenantId,
      id: turnId + 1,
      conversationId,
      turnId,
      position: visitor.position + 1,
      role: "assistant",
      text,
      contexts: pieces[0]?.contexts ?? null,
      now,
    });
  }
  await transaction.change(deletePieces, { tenantId, turnId });
}
