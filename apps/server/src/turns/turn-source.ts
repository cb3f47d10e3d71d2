import type { Database } from "../db/database.ts";
import type { TurnSource } from "./follow-turn.ts";
import type { OpenedTurn } from "./opened-turn.ts";
import { RecordedTurn } from "./recorded-turn.ts";
import type { RunningTurns } from "./running-turns.ts";

/** Where a turn is best read: here while it runs here, else from the record. */
export function findSource(
  deps: { readonly database: Database; readonly running: RunningTurns },
  tenantId: string,
  turn: OpenedTurn,
): TurnSource {
  const { database, running } = deps;
  return (
    running.find(tenantId, turn.turnId) ??
    new RecordedTurn(database, tenantId, turn, running.leaving)
  );
}
