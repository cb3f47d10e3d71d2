import { setTimeout as delay } from "node:timers/promises";
import { OrchaError, type TurnEvent } from "@orcha/contract";
import type { Database } from "../db/database.ts";
import type { Ending } from "./answer.ts";
import { closeTurn, type EndTurnInput, wasClosedBy } from "./close-turn-store.ts";
import { holderName } from "./liveness.ts";
import type { OpenedTurn } from "./opened-turn.ts";
import type { RunningTurn } from "./running-turns.ts";

/** A try that begins later than this would answer the visitor later than three seconds. */
const TRY_FOR_MS = 700;
const PAUSE_MS = 100;

export interface KeepEndDeps {
  readonly database: Database;
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
  const outcome = answer.outcome(ending, clock);
  let isKept = false;
  try {
    isKept = await write(deps.database, {
      tenantId,
      turn,
      holder: holderName,
      outcome,
      hasPieces,
      now: deps.now(),
    });
  } catch (error) {
    deps.onFailure(turn, error);
  }
  if (ending.state === "failed") return answer.turnError(ending.code);
  return isKept ? answer.turnEnd(outcome) : answer.turnError("unavailable");
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
