import { setTimeout as delay } from "node:timers/promises";
import { OrchaError, type TurnEvent } from "@orcha/contract";
import type { Budgets } from "../budgets/budgets.ts";
import type { Database } from "../db/database.ts";
import { dearestCost, type Prices } from "../usage/prices.ts";
import { addUp } from "../usage/spent.ts";
import type { Ending } from "./answer.ts";
import {
  closeTurn,
  type EndTurnInput,
  type UnpricedOutcome,
  wasClosedBy,
} from "./close-turn-store.ts";
import { holderName } from "./liveness.ts";
import { modelsOf } from "./models-of.ts";
import type { OpenedTurn } from "./opened-turn.ts";
import type { ChatModel } from "./ports.ts";
import type { RunningTurn } from "./running-turns.ts";

/** A try that begins later than this would answer the visitor later than three seconds. */
const TRY_FOR_MS = 700;
const PAUSE_MS = 100;

export interface KeepEndDeps {
  readonly database: Database;
  readonly prices: Prices;
  readonly budgets: Budgets;
  readonly model: ChatModel;
  readonly now: () => number;
  readonly onFailure: (turn: OpenedTurn, error: unknown) => void;
}

/** Keeps how a turn ended; only then may the event that it answers say so. */
export async function keepEnd(
  deps: KeepEndDeps,
  running: RunningTurn,
  ending: Ending,
): Promise<TurnEvent> {
  const { tenantId, turn, answer, clock } = running;
  const hasPieces = await running.stopSaving();
  const attempt = answer.outcome(ending, clock);
  let isKept = false;
  try {
    const outcome = { ...attempt, cost: await costOfAttempt(deps, attempt) };
    const now = deps.now();
    const end = { tenantId, turn, holder: holderName, outcome, hasPieces, now };
    isKept = await write(deps.database, end);
    if (!turn.account.reservation) deps.budgets.endedUnheld(tenantId);
  } catch (error) {
    deps.onFailure(turn, error);
  }
  if (ending.state === "failed") return answer.turnError(ending.code);
  if (!isKept) return answer.turnError("unavailable");
  return answer.turnEnd({
    ...attempt,
    ...addUp(turn.account.spentBefore, { ...attempt, cost: 0 }),
  });
}

/** An answer that was cut does not tell who gave it: then the dearest of those that may have counts. */
async function costOfAttempt(deps: KeepEndDeps, outcome: UnpricedOutcome): Promise<number> {
  if (outcome.inputTokens + outcome.outputTokens === 0) return 0;
  const models = outcome.model === null ? modelsOf(deps.model) : [outcome.model];
  return (await dearestCost(deps.prices, models, outcome)).cost;
}

/** Tries a broken connection again for a moment, and asks whether the first write was kept after all. */
async function write(database: Database, input: EndTurnInput): Promise<boolean> {
  const started = performance.now();
  for (let tries = 1; ; tries++) {
    try {
      if (await database.write(closeTurn, input)) return true;
      return tries > 1 && (await wasClosedBy(database.reader, input));
    } catch (error) {
      const mayPass = error instanceof OrchaError && error.code === "unavailable";
      if (!mayPass || performance.now() - started > TRY_FOR_MS) throw error;
    }
    await delay(PAUSE_MS * tries);
  }
}
