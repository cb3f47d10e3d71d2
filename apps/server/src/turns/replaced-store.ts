import { statement } from "../db/statement.ts";

/** Takes a turn out of the history and the transcript; it stays in the record. */
export const markReplaced = statement<{ tenantId: string; id: number }>()((db, p) =>
  db
    .updateTable("turns")
    .set({ replaced: 1 })
    .where("tenant_id", "=", p("tenantId"))
    .where("id", "=", p("id")),
);
