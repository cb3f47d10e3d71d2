import { type Database, defineSteps, step } from "../db/database.ts";
import { statement } from "../db/statement.ts";
import type { Access, Claim } from "./access.ts";

type NewOwner = { readonly tenantId: string; readonly id: number; readonly owner: string };

const giveToOffered = statement<NewOwner>()((db, p) =>
  db
    .updateTable("conversations")
    .set({ owner: p("owner"), offered_owner: null })
    .where("tenant_id", "=", p("tenantId"))
    .where("id", "=", p("id"))
    .where("owner", "is", null)
    .where("offered_owner", "=", p("owner")),
);
const giveToUser = statement<NewOwner & { readonly from: string; readonly userId: number }>()(
  (db, p) =>
    db
      .updateTable("conversations")
      .set({ owner: p("owner"), offered_owner: null, user_id: p("userId"), user_verified: 1 })
      .where("tenant_id", "=", p("tenantId"))
      .where("id", "=", p("id"))
      .where((where) => where(where.fn.coalesce("owner", "offered_owner"), "=", p("from"))),
);
const offer = statement<NewOwner>()((db, p) =>
  db
    .updateTable("conversations")
    .set({ offered_owner: p("owner") })
    .where("tenant_id", "=", p("tenantId"))
    .where("id", "=", p("id"))
    .where("owner", "is", null),
);

/** Makes a conversation that nobody owned its owner's for good. */
const sealConversation = defineSteps("conversations.seal", (input: NewOwner) => [
  step(giveToOffered, input),
]);

/** Makes a visitor's conversation the user's who the visitor turned out to be. */
const handOverConversation = defineSteps(
  "conversations.hand-over",
  (input: NewOwner & { readonly from: string; readonly userId: number }) => [
    step(giveToUser, input),
  ],
);

/** Hands out another secret with a conversation that nobody owns yet. */
export const offerConversation = defineSteps("conversations.offer", (input: NewOwner) => [
  step(offer, input),
]);

/** Makes a conversation that a caller has just come to the caller's for good, where the access says so. */
export async function settleOwner(
  database: Database,
  conversation: { readonly tenantId: string; readonly id: number },
  access: Access,
  { owner, handsOver }: Claim,
): Promise<void> {
  if (owner === null) return;
  if (access === "seals") await database.write(sealConversation, { ...conversation, owner });
  if (access !== "hands-over" || !handsOver) return;
  await database.write(handOverConversation, { ...conversation, owner, ...handsOver });
}

export const OWNER_WRITES = [sealConversation, handOverConversation, offerConversation];
