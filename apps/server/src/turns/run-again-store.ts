import type { Connection } from "../db/database.ts";
import { statement } from "../db/statement.ts";
import type { KeyedTurn } from "./idempotency-store.ts";
import { releaseLease } from "./lease-store.ts";

interface RunAgain {
  readonly tenantId: string;
  readonly holder: string;
  readonly now: number;
}

const takeLeaseAgain = statement<{ tenantId: string; id: number; turnId: number; now: number }>()(
  (db, p) =>
    db
      .updateTable("conversations")
      .set({ active_turn_id: p("turnId"), updated_at: p("now") })
      .where("tenant_id", "=", p("tenantId"))
      .where("id", "=", p("id"))
      .where("active_turn_id", "is", null),
);
const reviveTurn = statement<{ tenantId: string; id: number; holder: string }>()((db, p) =>
  db
    .updateTable("turns")
    .set({
      state: "pending",
      holder: p("holder"),
      ended_at: null,
      error_code: null,
      finish_reason: null,
    })
    .where("tenant_id", "=", p("tenantId"))
    .where("id", "=", p("id"))
    .where("state", "=", "failed"),
);
const deleteMessage = statement<{ tenantId: string; id: number }>()((db, p) =>
  db.deleteFrom("messages").where("tenant_id", "=", p("tenantId")).where("id", "=", p("id")),
);

/**
 * Makes a turn that failed pending again, without a second message of the visitor; what was said of the answer goes.
 * False while another turn holds the conversation, or when somebody else was faster.
 */
export async function runAgain(
  transaction: Connection,
  { tenantId, holder, now }: RunAgain,
  { turnId, conversationId }: KeyedTurn,
): Promise<boolean> {
  const lease = { tenantId, id: conversationId, turnId, now };
  if ((await transaction.change(takeLeaseAgain, lease)) === 0) return false;
  if ((await transaction.change(reviveTurn, { tenantId, id: turnId, holder })) === 0) {
    // Another process ran it between our look and our lease: its answer stays.
    await transaction.change(releaseLease, lease);
    return false;
  }
  await transaction.change(deleteMessage, { tenantId, id: turnId + 1 });
  return true;
}
