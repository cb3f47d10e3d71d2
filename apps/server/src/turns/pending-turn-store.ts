import { settleSteps } from "../budgets/spend-store.ts";
import { type Connection, type Database, defineWrite } from "../db/database.ts";
import { fill, perSize } from "../db/sized-statements.ts";
import { statement, statementOverAll } from "../db/statement.ts";
import { countTurn } from "../usage/roll-up-store.ts";
import { countedAs } from "./counted-turn.ts";
import { findTurn } from "./known-turn-store.ts";
import { releaseLease } from "./lease-store.ts";
import { insertMessage } from "./message-store.ts";
import type { OpenedTurn } from "./opened-turn.ts";
import { deletePieces, readPieces } from "./pieces-store.ts";

const selectPending = statementOverAll<Record<never, never>>()((db) =>
  db
    .selectFrom("turns")
    .select(["tenant_id", "id", "conversation_id", "holder", "heartbeat"])
    .where("state", "=", "pending"),
);

/** Only while its heartbeat stands where it was seen: a holder that woke up keeps its turn. */
const endTurn = statement<{ tenantId: string; id: number; heartbeat: number; now: number }>()(
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

const releaseReservation = statement<{ tenantId: string; id: number }>()((db, p) =>
  db
    .updateTable("turns")
    .set({ reserved_tokens: 0, reserved_cost: 0 })
    .where("tenant_id", "=", p("tenantId"))
    .where("id", "=", p("id")),
);

const NOTHING = { tokens: 0, cost: 0 };
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

/** Fails a turn whose process is gone, so that its conversation goes on; what it had said is kept. */
export const abandonTurn = defineWrite(
  "turns.abandon",
  async (
    transaction,
    { turn, now }: { readonly turn: PendingTurn; readonly now: number },
  ): Promise<void> => {
    const { tenantId, turnId, conversationId, heartbeat } = turn;
    const ended = await transaction.change(endTurn, { tenantId, id: turnId, heartbeat, now });
    const known = ended > 0 && (await findTurn(transaction, tenantId, turnId));
    if (!known) return;
    const { model, account } = known;
    const { reservation, spentBefore: spent } = account;
    // Nobody knows what the process had asked and been told when it died: the budgets count the most that it can have been.
    const settled = settleSteps(tenantId, reservation, reservation ?? NOTHING);
    const counted = countTurn(countedAs(tenantId, known, { model, failed: true, spent }));
    for (const { statement: query, values } of [...settled, counted]) {
      await transaction.change(query, values);
    }
    await keepPieces(transaction, known, tenantId, now);
    await transaction.change(releaseReservation, { tenantId, id: turnId });
    await transaction.change(releaseLease, { tenantId, id: conversationId, turnId });
  },
);

/** Each in a write of its own: together they could wait for each other's budgets. */
export async function abandonTurns(
  database: Database,
  turns: readonly PendingTurn[],
  now: number,
): Promise<void> {
  for (const turn of turns) await database.write(abandonTurn, { turn, now });
}

async function keepPieces(
  transaction: Connection,
  turn: OpenedTurn,
  tenantId: string,
  now: number,
): Promise<void> {
  const { turnId, messageId, conversationId, position } = turn;
  const pieces = await readPieces(transaction, { tenantId, turnId }, 0);
  const text = pieces.map((piece) => piece.text).join("");
  if (text !== "") {
    await transaction.change(insertMessage, {
      tenantId,
      id: messageId,
      conversationId,
      turnId,
      position,
      role: "assistant",
      text,
      contexts: pieces[0]?.contexts ?? null,
      now,
    });
  }
  await transaction.change(deletePieces, { tenantId, turnId });
}
