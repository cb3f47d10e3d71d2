import { statement } from "../db/statement.ts";

export const selectConversation = statement<{ tenantId: string; id: number }>()((db, p) =>
  db
    .selectFrom("conversations")
    .select(["label", "user_id", "owner", "offered_owner", "created_at", "next_position"])
    .where("tenant_id", "=", p("tenantId"))
    .where("id", "=", p("id")),
);

export const insertConversation = statement<{
  tenantId: string;
  id: number;
  label: string;
  userId: number;
  owner: string | null;
  offeredOwner: string | null;
  now: number;
  turnId: number;
}>()((db, p) =>
  db
    .insertInto("conversations")
    .values({
      tenant_id: p("tenantId"),
      id: p("id"),
      label: p("label"),
      user_id: p("userId"),
      owner: p("owner"),
      offered_owner: p("offeredOwner"),
      created_at: p("now"),
      updated_at: p("now"),
      next_position: 2,
      active_turn_id: p("turnId"),
    })
    .onConflict((conflict) => conflict.doNothing()),
);

export const sealConversation = statement<{ tenantId: string; id: number; owner: string }>()(
  (db, p) =>
    db
      .updateTable("conversations")
      .set({ owner: p("owner"), offered_owner: null })
      .where("tenant_id", "=", p("tenantId"))
      .where("id", "=", p("id")),
);

/** Hands out another secret with a conversation that nobody owns yet. */
export const offerConversation = statement<{ tenantId: string; id: number; owner: string }>()(
  (db, p) =>
    db
      .updateTable("conversations")
      .set({ offered_owner: p("owner") })
      .where("tenant_id", "=", p("tenantId"))
      .where("id", "=", p("id"))
      .where("owner", "is", null),
);
