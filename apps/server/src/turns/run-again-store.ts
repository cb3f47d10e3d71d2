import { defineSteps, must, step } from "../db/database.ts";
import { statement } from "../db/statement.ts";
import { takeLeaseAgain } from "./lease-store.ts";
import type { OpenedTurn } from "./opened-turn.ts";

const reviveTurn = statement<{ tenantId: string; id: number; holder: string }>()((db, p) =>
  db
    .updateTable("turns")
    .set({
      state: "pending",
      holder: p("holder"),
      ended_at: null,
      error_code: null,
      finish_reason: null,
      stop_requested: 0,
    })
    .where("tenant_id", "=", p("tenantId"))
    .where("id", "=", p("id"))
    .where("state", "=", "failed"),
);
const deleteMessage = statement<{ tenantId: string; id: number }>()((db, p) =>
  db.deleteFrom("messages").where("tenant_id", "=", p("tenantId")).where("id", "=", p("id")),
);

export interface RunAgainInput {
  readonly tenantId: string;
  readonly turn: OpenedTurn;
  readonly holder: string;
  readonly now: number;
}

/**
 * Makes a turn that failed pending again, without a second message of the visitor; what was said of the answer goes.
 * Answers false while another turn holds the conversation, and when another request was faster.
 */
export const runAgain = defineSteps(
  "turns.run-again",
  ({ tenantId, turn, holder, now }: RunAgainInput) => {
    const { turnId, messageId, conversationId } = turn;
    return [
      must(takeLeaseAgain, { tenantId, id: conversationId, turnId, now }),
      must(reviveTurn, { tenantId, id: turnId, holder }),
      step(deleteMessage, { tenantId, id: messageId }),
    ];
  },
);
