import { type Connection, defineSteps, step } from "../db/database.ts";
import { statement, statementOverAll } from "../db/statement.ts";

const setStopRequested = statement<{ tenantId: string; id: number }>()((db, p) =>
  db
    .updateTable("turns")
    .set({ stop_requested: 1 })
    .where("tenant_id", "=", p("tenantId"))
    .where("id", "=", p("id"))
    .where("state", "=", "pending"),
);

/** Asks the process that runs a turn, whichever it is, to stop it. */
export const requestStop = defineSteps(
  "turns.request-stop",
  (input: { readonly tenantId: string; readonly id: number }) => [step(setStopRequested, input)],
);

const selectStopRequests = statementOverAll<{ holder: string }>()((db, p) =>
  db
    .selectFrom("turns")
    .select(["tenant_id", "id"])
    .where("state", "=", "pending")
    .where("holder", "=", p("holder"))
    .where("stop_requested", "=", 1),
);

/** The turns of a process that are to stop. */
export async function readStopRequests(
  reader: Connection,
  holder: string,
): Promise<readonly { readonly tenantId: string; readonly turnId: number }[]> {
  const rows = await reader.run(selectStopRequests, { holder });
  return rows.map((row) => ({ tenantId: row.tenant_id, turnId: row.id }));
}
