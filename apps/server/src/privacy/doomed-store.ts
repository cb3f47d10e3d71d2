import type { Connection } from "../db/database.ts";
import { statement } from "../db/statement.ts";

/** A conversation that is to go. */
export interface Doomed {
  readonly id: number;
  /** The turn that runs in it now. */
  readonly active_turn_id: number | null;
}

const selectOne = statement<{ tenantId: string; id: number }>()((db, p) =>
  db
    .selectFrom("conversations")
    .select(["id", "active_turn_id", "label"])
    .where("tenant_id", "=", p("tenantId"))
    .where("id", "=", p("id")),
);

/** One conversation by its id, if it is there and stands under the label, where one is named. */
export async function findDoomed(
  reader: Connection,
  tenantId: string,
  id: number,
  label: string | undefined,
): Promise<Doomed[]> {
  const rows = await reader.run(selectOne, { tenantId, id });
  return rows.filter((row) => label === undefined || row.label === label);
}

const selectExpired = statement<{ tenantId: string; before: number; limit: number }>()((db, p) =>
  db
    .selectFrom("conversations")
    .select(["id", "active_turn_id"])
    .where("tenant_id", "=", p("tenantId"))
    .where("updated_at", "<", p("before"))
    .where("active_turn_id", "is", null)
    .orderBy("updated_at")
    .orderBy("id")
    .limit(p("limit")),
);

/** The oldest conversations that were not touched since, and in which nothing runs. */
export async function readExpired(
  reader: Connection,
  tenantId: string,
  before: number,
  limit: number,
): Promise<Doomed[]> {
  return reader.run(selectExpired, { tenantId, before, limit });
}
