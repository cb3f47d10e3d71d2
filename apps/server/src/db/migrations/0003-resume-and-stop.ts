import type { Kysely, Migration } from "kysely";

/** What a running turn has said so far, so that any replica can tell it on; and the wish that it stop. */
export const resumeAndStop: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable("turn_pieces")
      .addColumn("tenant_id", "text", (column) => column.notNull())
      .addColumn("turn_id", "bigint", (column) => column.notNull())
      .addColumn("piece", "integer", (column) => column.notNull())
      .addColumn("text", "text", (column) => column.notNull())
      .addColumn("contexts", "text")
      .addPrimaryKeyConstraint("turn_pieces_key", ["tenant_id", "turn_id", "piece"])
      .addForeignKeyConstraint(
        "turn_pieces_turn",
        ["tenant_id", "turn_id"],
        "turns",
        ["tenant_id", "id"],
        (constraint) => constraint.onDelete("cascade"),
      )
      .execute();
    await db.schema
      .alterTable("turns")
      .addColumn("stop_requested", "integer", (column) => column.notNull().defaultTo(0))
      .execute();
  },
};
