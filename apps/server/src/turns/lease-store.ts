import { statement } from "../db/statement.ts";

/** The id is the conversation's. */
type Lease = { tenantId: string; id: number; turnId: number; now: number };

/**
 * Takes the lease with a new conversation. Changes nothing when the random id belongs to another one already.
 */
export const insertConversation = statement<
  Lease & {
    label: string;
    userId: number;
    userVerified: number;
    owner: string | null;
    offeredOwner: string | null;
  }
>()((db, p) =>
  db
    .insertInto("conversations")
    .values({
      tenant_id: p("tenantId"),
      id: p("id"),
      label: p("label"),
      user_id: p("userId"),
      user_verified: p("userVerified"),
      owner: p("owner"),
      offered_owner: p("offeredOwner"),
      created_at: p("now"),
      updated_at: p("now"),
      next_position: 2,
      active_turn_id: p("turnId"),
    })
    .onConflict((conflict) => conflict.doNothing()),
);

/**
 * Changes one row for the only turn that gets it: nobody holds it, and neither its position nor its owner has changed since
 * they were read.
 */
export const takeLease = statement<
  Lease & {
    position: number;
    ownerBefore: string | null;
    owner: string | null;
    offeredOwner: string | null;
    userId: number;
    userVerified: number;
  }
>()((db, p) =>
  db
    .updateTable("conversations")
    .set((set) => ({
      active_turn_id: p("turnId"),
      updated_at: p("now"),
      next_position: set("next_position", "+", 2),
      owner: p("owner"),
      offered_owner: p("offeredOwner"),
      user_id: p("userId"),
      user_verified: p("userVerified"),
    }))
    .where("tenant_id", "=", p("tenantId"))
    .where("id", "=", p("id"))
    .where("active_turn_id", "is", null)
    .where("next_position", "=", p("position"))
    .where("owner", "is not distinct from", p("ownerBefore")),
);

/** Takes the lease for a turn that has its position already. */
export const takeLeaseAgain = statement<Lease>()((db, p) =>
  db
    .updateTable("conversations")
    .set({ active_turn_id: p("turnId"), updated_at: p("now") })
    .where("tenant_id", "=", p("tenantId"))
    .where("id", "=", p("id"))
    .where("active_turn_id", "is", null),
);

/** Changes nothing when another turn holds it. No indexed column changes, which spares every index an entry. */
export const releaseLease = statement<Omit<Lease, "now">>()((db, p) =>
  db
    .updateTable("conversations")
    .set({ active_turn_id: null })
    .where("tenant_id", "=", p("tenantId"))
    .where("id", "=", p("id"))
    .where("active_turn_id", "=", p("turnId")),
);
