import type { ErrorCode, FinishReason } from "@orcha/contract";
import { settleSteps } from "../budgets/spend-store.ts";
import { type Connection, defineSteps, must, step } from "../db/database.ts";
import { statement } from "../db/statement.ts";
import { countTurn } from "../usage/roll-up-store.ts";
import { addUp, type Spent } from "../usage/spent.ts";
import { countedAs } from "./counted-turn.ts";
import { markReplaced } from "./last-turn-store.ts";
import { releaseLease } from "./lease-store.ts";
import { insertMessage } from "./message-store.ts";
import type { OpenedTurn } from "./opened-turn.ts";
import { deletePieces } from "./pieces-store.ts";

const endTurn = statement<{
  tenantId: string;
  id: number;
  holder: string;
  state: "done" | "stopped" | "failed";
  now: number;
  errorCode: string | null;
  finishReason: string | null;
  model: string | null;
  inputTokens: number;
  outputTokens: number;
  cost: number;
  firstTokenMs: number | null;
  totalMs: number | null;
}>()((db, p) =>
  db
    .updateTable("turns")
    .set({
      state: p("state"),
      ended_at: p("now"),
      error_code: p("errorCode"),
      finish_reason: p("finishReason"),
      model: p("model"),
      input_tokens: p("inputTokens"),
      output_tokens: p("outputTokens"),
      cost: p("cost"),
      reserved_tokens: 0,
      reserved_cost: 0,
      first_token_ms: p("firstTokenMs"),
      total_ms: p("totalMs"),
    })
    .where("tenant_id", "=", p("tenantId"))
    .where("id", "=", p("id"))
    .where("state", "=", "pending")
    .where("holder", "=", p("holder")),
);

export interface EndTurnInput {
  readonly tenantId: string;
  readonly turn: OpenedTurn;
  readonly holder: string;
  readonly outcome: TurnOutcome;
  /** True when pieces of it were written, which go now. */
  readonly hasPieces: boolean;
  readonly now: number;
}

/** How one attempt at a turn ended. */
export interface TurnOutcome extends Spent {
  readonly state: "done" | "stopped" | "failed";
  /** What was said; kept even when the turn failed in the middle. */
  readonly text: string;
  /** JSON; null when retrieval did not run. */
  readonly contexts: string | null;
  readonly errorCode: ErrorCode | null;
  readonly finishReason: FinishReason | null;
  readonly model: string | null;
  readonly firstTokenMs: number | null;
  readonly totalMs: number | null;
}

/** What nobody has reckoned the cost of yet. */
export type UnpricedOutcome = Omit<TurnOutcome, "cost">;

/**
 * The second write: keeps the answer, counts the turn, settles its budgets and releases the conversation. Answers false, and keeps nothing, when the turn was taken
 * away from its holder, which had been found dead.
 */
export const closeTurn = defineSteps(
  "turns.close",
  ({ tenantId, turn, holder, outcome, hasPieces, now }: EndTurnInput) => {
    const { turnId, messageId, conversationId, position, replacesTurnId, account } = turn;
    const { text, contexts, state, model, inputTokens, outputTokens, cost, ...figures } = outcome;
    const spent = addUp(account.spentBefore, outcome);
    const used = { tokens: inputTokens + outputTokens, cost };
    const keeps = text !== "" || state === "done";
    const replaces = replacesTurnId !== undefined && state !== "failed";
    return [
      must(endTurn, { tenantId, id: turnId, holder, now, state, model, ...spent, ...figures }),
      ...settleSteps(tenantId, account.reservation, used),
      countTurn(countedAs(tenantId, turn, { model, failed: state === "failed", spent })),
      ...(keeps
        ? [
            step(insertMessage, {
              tenantId,
              id: messageId,
              conversationId,
              turnId,
              position,
              role: "assistant",
              text,
              contexts,
              now,
            }),
          ]
        : []),
      ...(replaces ? [step(markReplaced, { tenantId, id: replacesTurnId })] : []),
      ...(hasPieces ? [step(deletePieces, { tenantId, turnId })] : []),
      step(releaseLease, { tenantId, id: conversationId, turnId }),
    ];
  },
);

const selectEnd = statement<{ tenantId: string; id: number }>()((db, p) =>
  db
    .selectFrom("turns")
    .select(["state", "holder", "ended_at"])
    .where("tenant_id", "=", p("tenantId"))
    .where("id", "=", p("id")),
);

/** Whether a turn ended by this very write: for one whose connection broke in the middle of it. */
export async function wasClosedBy(
  reader: Connection,
  { tenantId, turn, holder, outcome, now }: EndTurnInput,
): Promise<boolean> {
  const [end] = await reader.run(selectEnd, { tenantId, id: turn.turnId });
  return end?.state === outcome.state && end.holder === holder && end.ended_at === now;
}
