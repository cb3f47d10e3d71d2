import type { Kysely, Migration } from "kysely";

/** Keys with which callers repeat a message safely. */
export const idempotency: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable("idempotency_keys")
      .addColumn("tenant_id", "text", (column) => column.notNull())
      .addColumn("scope", "text", (column) => column.notNull())
      .addColumn("key", "text", (column) => column.notNull())
      .addColumn("body_hash", "text", (column) => column.notNull())
      .addColumn("turn_id", "bigint", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addPrimaryKeyConstraint("idempotency_keys_key", ["tenant_id", "scope", "key"])
      .addForeignKeyConstraint(
        "idempotency_keys_turn",
        ["tenant_id", "turn_id"],
        "turns",
        ["tenant_id", "id"],
        (constraint) => constraint.onDelete("cascade"),
      )
      .execute();
    await db.schema
      .createIndex("idempotency_keys_by_time")
      .on("idempotency_keys")
      .columns(["created_at"])
      .execute();
    // For the cascade when a turn is erased.
    await db.schema
      .createIndex("idempotency_keys_by_turn")
      .on("idempotency_keys")
      .columns(["tenant_id", "turn_id"])
      .execute();
  },
};
