import { type Kysely, type Migration, sql } from "kysely";
import { isSqlite } from "./is-sqlite.ts";

/** What was used and what may be: spend, daily usage, prices, misses, erasures; and the ways to somebody's conversations. */
export const budgetsAndUsage: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const { schema } = db;

    for (const column of ["cost", "reserved_tokens", "reserved_cost"]) {
      await schema
        .alterTable("turns")
        .addColumn(column, "bigint", (added) => added.notNull().defaultTo(0))
        .execute();
    }
    for (const column of ["spender", "budget_day"] as const) {
      await schema.alterTable("turns").addColumn(column, "text").execute();
    }
    await schema.alterTable("turns").addColumn("user_id", "bigint").execute();

    await schema
      .createTable("budget_spend")
      .addColumn("tenant_id", "text", (column) => column.notNull())
      .addColumn("subject", "text", (column) => column.notNull())
      .addColumn("period", "text", (column) => column.notNull())
      .addColumn("tokens", "bigint", (column) => column.notNull())
      .addColumn("cost", "bigint", (column) => column.notNull())
      .addColumn("reserved_tokens", "bigint", (column) => column.notNull())
      .addColumn("reserved_cost", "bigint", (column) => column.notNull())
      .addColumn("warned", "integer", (column) => column.notNull())
      .addPrimaryKeyConstraint("budget_spend_key", ["tenant_id", "subject", "period"])
      .execute();

    await schema
      .createTable("usage_daily")
      .addColumn("tenant_id", "text", (column) => column.notNull())
      .addColumn("day", "text", (column) => column.notNull())
      .addColumn("label", "text", (column) => column.notNull())
      .addColumn("user_id", "bigint", (column) => column.notNull())
      .addColumn("model", "text", (column) => column.notNull())
      .addColumn("slot", "integer", (column) => column.notNull())
      .addColumn("conversations", "bigint", (column) => column.notNull())
      .addColumn("turns", "bigint", (column) => column.notNull())
      .addColumn("failed_turns", "bigint", (column) => column.notNull())
      .addColumn("input_tokens", "bigint", (column) => column.notNull())
      .addColumn("output_tokens", "bigint", (column) => column.notNull())
      .addColumn("cost", "bigint", (column) => column.notNull())
      .addPrimaryKeyConstraint("usage_daily_key", [
        "tenant_id",
        "day",
        "label",
        "user_id",
        "model",
        "slot",
      ])
      .execute();
    await countWhatIsThere(db);

    await schema
      .createTable("model_prices")
      .addColumn("model", "text", (column) => column.primaryKey())
      .addColumn("input_price", "bigint", (column) => column.notNull())
      .addColumn("output_price", "bigint", (column) => column.notNull())
      .addColumn("updated_at", "bigint", (column) => column.notNull())
      .execute();

    await schema
      .createTable("misses")
      .addColumn("tenant_id", "text", (column) => column.notNull())
      .addColumn("address", "text", (column) => column.notNull())
      .addColumn("window_start", "bigint", (column) => column.notNull())
      .addColumn("misses", "integer", (column) => column.notNull())
      .addPrimaryKeyConstraint("misses_key", ["tenant_id", "address", "window_start"])
      .execute();

    await schema
      .createTable("erasures")
      .addColumn("tenant_id", "text", (column) => column.notNull())
      .addColumn("id", "bigint", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("requested_by", "text", (column) => column.notNull())
      .addColumn("counts", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("erasures_key", ["tenant_id", "id"])
      .execute();

    await schema
      .createIndex("conversations_by_owner")
      .on("conversations")
      .columns(["tenant_id", "owner", "id"])
      .execute();
    await schema
      .createIndex("conversations_by_offered_owner")
      .on("conversations")
      .columns(["tenant_id", "offered_owner", "id"])
      .where(sql.ref("offered_owner"), "is not", null)
      .execute();
    await schema
      .createIndex("conversations_by_label")
      .on("conversations")
      .columns(["tenant_id", "label", "updated_at", "id"])
      .where(sql.ref("label"), "<>", sql.lit(""))
      .execute();
    // For the cascade when a turn is erased: without it each turn would look through all messages of its tenant.
    await schema
      .createIndex("messages_by_turn")
      .on("messages")
      .columns(["tenant_id", "turn_id"])
      .execute();
    await schema
      .createIndex("conversations_by_user")
      .on("conversations")
      .columns(["tenant_id", "user_id"])
      .execute();
    await schema
      .createIndex("conversations_by_time")
      .on("conversations")
      .columns(["tenant_id", "updated_at", "id"])
      .execute();
  },
};

/** Usage begins with the turns that ended before it was counted. */
async function countWhatIsThere(db: Kysely<unknown>): Promise<void> {
  const day = isSqlite(db)
    ? sql`strftime('%Y-%m-%d', t.created_at / 1000, 'unixepoch')`
    : sql`to_char(to_timestamp(t.created_at / 1000) at time zone 'UTC', 'YYYY-MM-DD')`;
  await sql`
    insert into usage_daily (tenant_id, day, label, user_id, model, slot,
      conversations, turns, failed_turns, input_tokens, output_tokens, cost)
    select t.tenant_id, ${day}, c.label, c.user_id, coalesce(t.model, ''), 0,
      sum(case when m.position = 0 then 1 else 0 end), count(*),
      sum(case when t.state = 'failed' then 1 else 0 end), sum(t.input_tokens), sum(t.output_tokens), 0
    from turns t
    join conversations c on c.tenant_id = t.tenant_id and c.id = t.conversation_id
    join messages m on m.tenant_id = t.tenant_id and m.id = t.id
    where t.state <> 'pending'
    group by t.tenant_id, ${day}, c.label, c.user_id, coalesce(t.model, '')
  `.execute(db);
}
