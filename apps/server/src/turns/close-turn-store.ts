import type { ErrorCode, FinishReason } from "@orcha/contract";
import { defineWrite } from "../db/database.ts";
import { statement } from "../db/statement.ts";
import { releaseLease } from "./lease-store.ts";
import { insertMessage } from "./message-store.ts";
import type { OpenedTurn } from "./opened-turn.ts";
import { markReplaced } from "./replaced-store.ts";

const endTurn = statement<{
  tenantId: string;
  id: number;
  state: "done" | "stopped" | "failed";
  now: number;
  errorCode: string | null;
  finishReason: string | null;
  model: string | null;
  inputTokens: number;
  outputTokens: number;
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
      first_token_ms: p("firstTokenMs"),
      total_ms: p("totalMs"),
    })
    .where("tenant_id", "=", p("tenantId"))
    .where("id", "=", p("id"))
    .where("state", "=", "pending"),
);

export interface EndTurnInput {
  readonly tenantId: string;
  readonly turn: OpenedTurn;
  readonly outcome: TurnOutcome;
  readonly now: number;
}

export interface TurnOutcome {
  readonly state: "done" | "stopped" | "failed";
  /** What was said; kept even when the turn failed in the middle. */
  readonly text: string;
  /** JSON; null when retrieval did not run. */
  readonly contexts: string | null;
  readonly errorCode: ErrorCode | null;
  readonly finishReason: FinishReason | null;
  readonly model: string | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly firstTokenMs: number | null;
  readonly totalMs: number | null;
}

/**
 * The second transaction: keeps the answer and releases the conversation.
 * Answers false, and keeps nothing, when the turn is not pending any more.
 */
export const closeTurn = defineWrite(
  "turns.close",
  async (transaction, { tenantId, turn, outcome, now }: EndTurnInput): Promise<boolean> => {
    const { text, contexts, ...figures } = outcome;
    const ended = await transaction.change(endTurn, { tenantId, id: turn.turnId, now, ...figures });
    if (ended === 0) return false;

    if (text !== "" || outcome.state === "done") {
      await transaction.change(insertMessage, {
        tenantId,
        id: turn.messageId,
        conversationId: turn.conversationId,
        turnId: turn.turnId,
        position: turn.position,
        role: "assistant",
        text,
        contexts,
        now,
      });
    }
    if (turn.replacesTurnId !== undefined && outcome.state !== "failed") {
      await transaction.change(markReplaced, { tenantId, id: turn.replacesTurnId });
    }
    await transaction.change(releaseLease, {
      tenantId,
      id: turn.conversationId,
      turnId: turn.turnId,
      now,
    });
    return true;
  },
);
