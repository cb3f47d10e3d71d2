import type { Hold } from "../budgets/reservation.ts";
import { reserveSteps } from "../budgets/spend-store.ts";
import { defineSteps, must, step } from "../db/database.ts";
import { statement } from "../db/statement.ts";
import { uncountTurn } from "../usage/roll-up-store.ts";
import { countedAs } from "./counted-turn.ts";
import type { KnownTurn } from "./known-turn-store.ts";
import { takeLeaseAgain } from "./lease-store.ts";
import { reservedValues } from "./reserved-values.ts";

/** Only while it is as it was counted: with these values it is taken out of the roll-up. */
const reviveTurn = statement<{
  tenantId: string;
  id: number;
  holder: string;
  model: string | null;
  inputTokens: number;
  outputTokens: number;
  cost: number;
  reservedTokens: number;
  reservedCost: number;
  spender: string | null;
  budgetDay: string | null;
}>()((db, p) =>
  db
    .updateTable("turns")
    .set({
      state: "pending",
      holder: p("holder"),
      ended_at: null,
      error_code: null,
      finish_reason: null,
      reserved_tokens: p("reservedTokens"),
      reserved_cost: p("reservedCost"),
      spender: p("spender"),
      budget_day: p("budgetDay"),
      stop_requested: 0,
    })
    .where("tenant_id", "=", p("tenantId"))
    .where("id", "=", p("id"))
    .where("state", "=", "failed")
    .where("model", "is not distinct from", p("model"))
    .where("input_tokens", "=", p("inputTokens"))
    .where("output_tokens", "=", p("outputTokens"))
    .where("cost", "=", p("cost")),
);
const deleteMessage = statement<{ tenantId: string; id: number }>()((db, p) =>
  db.deleteFrom("messages").where("tenant_id", "=", p("tenantId")).where("id", "=", p("id")),
);

export interface RunAgainInput {
  readonly tenantId: string;
  readonly turn: KnownTurn;
  /** What its budgets set aside for it; undefined when none holds it. */
  readonly hold: Hold | undefined;
  readonly holder: string;
  readonly now: number;
}

/**
 * Makes a turn that failed pending again, without a second message of the visitor; what was said of the answer goes, and it
 * is counted at its next end. Answers false while another turn holds the conversation, when another request was faster, and
 * when a budget has not so much left.
 */
export const runAgain = defineSteps(
  "turns.run-again",
  ({ tenantId, turn, hold, holder, now }: RunAgainInput) => {
    const { turnId, messageId, conversationId, model, account } = turn;
    const reserved = reservedValues(hold?.reservation);
    return [
      must(takeLeaseAgain, { tenantId, id: conversationId, turnId, now }),
      must(reviveTurn, {
        tenantId,
        id: turnId,
        holder,
        model,
        ...account.spentBefore,
        ...reserved,
      }),
      ...reserveSteps(tenantId, hold),
      uncountTurn(countedAs(tenantId, turn, { model, failed: true, spent: account.spentBefore })),
      step(deleteMessage, { tenantId, id: messageId }),
    ];
  },
);
