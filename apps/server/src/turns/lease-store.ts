import { statement } from "../db/statement.ts";

/** The id is the conversation's. */
type Lease = { tenantId: string; id: number; turnId: number; now: number };

/** Changes one row for the only turn that gets it: nobody holds it, and nobody held it since the position was read. */
export const takeLease = statement<Lease & { position: number }>()((db, p) =>
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
    .where("next_position", "=", p("position")),
);

/** Changes nothing when another turn holds it. */
export const releaseLease = statement<Lease>()((db, p) =>
  db
    .updateTable("conversations")
    .set({ active_turn_id: null, updated_at: p("now") })
    .where("tenant_id", "=", p("tenantId"))
    .where("id", "=", p("id"))
    .where("active_turn_id", "=", p("turnId")),
);
