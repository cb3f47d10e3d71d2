import { defineSteps, must } from "../db/database.ts";
import { statement } from "../db/statement.ts";

type Rename = {
  readonly tenantId: string;
  readonly id: number;
  readonly owner: string;
  /** Null gives the automatic title back. */
  readonly title: string | null;
};

const setTitle = statement<Rename>()((db, p) =>
  db
    .updateTable("conversations")
    .set({ title: p("title") })
    .where("tenant_id", "=", p("tenantId"))
    .where("id", "=", p("id"))
    .where("owner", "=", p("owner")),
);

/** Gives a conversation another title; false when it is not, or no longer, its owner's. It stays where it is in the list. */
export const renameConversation = defineSteps("conversations.rename", (input: Rename) => [
  must(setTitle, input),
]);
