import type { Database } from "../db/database.ts";
import type { Tenant } from "../tenants/settings.ts";
import type { TurnSource } from "./follow-turn.ts";
import type { OpenedTurn } from "./opened-turn.ts";
import { RecordedTurn } from "./recorded-turn.ts";
import type { RunningTurns } from "./running-turns.ts";

/** Where a turn is best read: here while it runs here, else from the record. */
export function findSource(
  deps: { readonly database: Database; readonly running: RunningTurns },
  tenant: Tenant,
  turn: OpenedTurn,
): TurnSource {
  const { database, running } = deps;
  return (
    running.find(tenant.id, turn.turnId) ??
    new RecordedTurn(database, tenant, turn, running.leaving)
  );
}
