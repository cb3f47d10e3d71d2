import { type Kysely, type Migration, sql } from "kysely";
import { keepToTenant } from "./keep-to-tenant.ts";

/** What visitors call their conversations, what they think of answers, and the list of somebody's conversations by time. */
export const titlesAndFeedback: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const { schema } = db;

    await schema.alterTable("conversations").addColumn("title", "text").execute();
    // By whose they are, or will be when the secret comes back. No COALESCE: under row-level security PostgreSQL takes it for
    // something that may tell rows, and looks for it in no index.
    await sql`
      create index conversations_by_holder on conversations
      (tenant_id, (case when owner is null then offered_owner else owner end), label, updated_at, id)
    `.execute(db);

    await schema
      .createTable("feedback")
      .addColumn("tenant_id", "text", (column) => column.notNull())
      .addColumn("message_id", "bigint", (column) => column.notNull())
      .addColumn("rating", "text", (column) => column.notNull())
      .addColumn("comment", "text")
      .addColumn("given_at", "bigint", (column) => column.notNull())
      .addPrimaryKeyConstraint("feedback_key", ["tenant_id", "message_id"])
      .addForeignKeyConstraint(
        "feedback_message",
        ["tenant_id", "message_id"],
        "messages",
        ["tenant_id", "id"],
        (constraint) => constraint.onDelete("cascade"),
      )
      .execute();
    await keepToTenant(db, "feedback");
  },
};
