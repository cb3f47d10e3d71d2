import { statement } from "../db/statement.ts";

/** The lease: only one turn can set it while it is null. */
export const takeLease = statement<{ tenantId: string; id: number; turnId: number; now: number }>()(
  (db, p) =>
    db
      .updateTable("conversations")
      .set((set) => ({
        active_turn_id: p("turnId"),
        updated_at: p("now"),
        next_position: set("next_position", "+", 2),
      }))
      .where("tenant_id", "=", p("tenantId"))
      .where("id", "=", p("id"))
      .where("active_turn_id", "is", null)
      .returning("next_position"),
);

/** Nothing happens when another turn holds it. */
export const releaseLease = statement<{
  tenantId: string;
  id: number;
  turnId: number;
  now: number;
}>()((db, p) =>
  db
    .updateTable("conversations")
    .set({ active_turn_id: null, updated_at: p("now") })
    .where("tenant_id", "=", p("tenantId"))
    .where("id", "=", p("id"))
    .where("active_turn_id", "=", p("turnId")),
);
