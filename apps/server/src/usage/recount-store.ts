import { sql } from "kysely";
import type { Connection } from "../db/database.ts";
import { EVERY_TENANT, type Scope } from "../db/statement.ts";

/** What the turns of one tenant, day, label, user and model add up to. */
export interface UsageRow {
  readonly tenant_id: string;
  readonly day: string;
  readonly label: string;
  readonly user_id: number;
  readonly model: string;
  readonly conversations: number;
  readonly turns: number;
  readonly failed_turns: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cost: number;
}

/** A row of the roll-up that is not what its turns add up to; undefined where there is nothing. */
export interface Difference {
  readonly rolledUp: UsageRow | undefined;
  readonly counted: UsageRow | undefined;
}

const FIGURES = [
  "conversations",
  "turns",
  "failed_turns",
  "input_tokens",
  "output_tokens",
  "cost",
] as const;

/** Counts the ended turns of one tenant or of all again, and compares; nothing when the roll-up is right. */
export async function recountUsage(reader: Connection, scope: Scope): Promise<Difference[]> {
  const rolledUp = byKey(await readRolledUp(reader, scope));
  const counted = byKey(await countTurns(reader, scope));
  return [...new Set([...rolledUp.keys(), ...counted.keys()])]
    .map((key) => ({ rolledUp: rolledUp.get(key), counted: counted.get(key) }))
    .filter((row) => FIGURES.some((name) => row.rolledUp?.[name] !== row.counted?.[name]));
}

async function readRolledUp(reader: Connection, scope: Scope): Promise<UsageRow[]> {
  const every = reader.builder
    .selectFrom("usage_daily")
    .select((select) => [
      "tenant_id",
      "day",
      "label",
      "user_id",
      "model",
      select.fn.sum<number>("conversations").as("conversations"),
      select.fn.sum<number>("turns").as("turns"),
      select.fn.sum<number>("failed_turns").as("failed_turns"),
      select.fn.sum<number>("input_tokens").as("input_tokens"),
      select.fn.sum<number>("output_tokens").as("output_tokens"),
      select.fn.sum<number>("cost").as("cost"),
    ])
    .groupBy(["tenant_id", "day", "label", "user_id", "model"]);
  return reader.query(scope, scope === EVERY_TENANT ? every : every.where("tenant_id", "=", scope));
}

async function countTurns(reader: Connection, scope: Scope): Promise<UsageRow[]> {
  const day =
    reader.engine === "sqlite"
      ? sql<string>`strftime('%Y-%m-%d', turns.created_at / 1000, 'unixepoch')`
      : sql<string>`to_char(to_timestamp(turns.created_at / 1000) at time zone 'UTC', 'YYYY-MM-DD')`;
  const user = sql<number>`coalesce(turns.user_id, conversations.user_id)`;
  const model = sql<string>`coalesce(turns.model, '')`;
  const every = reader.builder
    .selectFrom("turns")
    .innerJoin("conversations", (join) =>
      join
        .onRef("conversations.tenant_id", "=", "turns.tenant_id")
        .onRef("conversations.id", "=", "turns.conversation_id"),
    )
    .innerJoin("messages", (join) =>
      join
        .onRef("messages.tenant_id", "=", "turns.tenant_id")
        .onRef("messages.id", "=", "turns.id"),
    )
    .where("turns.state", "<>", "pending")
    .select((select) => [
      "turns.tenant_id",
      day.as("day"),
      "conversations.label",
      user.as("user_id"),
      model.as("model"),
      sql<number>`sum(case when messages.position = 0 then 1 else 0 end)`.as("conversations"),
      select.fn.countAll<number>().as("turns"),
      sql<number>`sum(case when turns.state = 'failed' then 1 else 0 end)`.as("failed_turns"),
      select.fn.sum<number>("turns.input_tokens").as("input_tokens"),
      select.fn.sum<number>("turns.output_tokens").as("output_tokens"),
      select.fn.sum<number>("turns.cost").as("cost"),
    ])
    .groupBy(["turns.tenant_id", day, "conversations.label", user, model]);
  const some = scope === EVERY_TENANT ? every : every.where("turns.tenant_id", "=", scope);
  return reader.query(scope, some);
}

/** Rows that hold something, with their figures as numbers: PostgreSQL's sums arrive as text. */
function byKey(rows: readonly UsageRow[]): Map<string, UsageRow> {
  const found = new Map<string, UsageRow>();
  for (const row of rows) {
    const figures = Object.fromEntries(FIGURES.map((name) => [name, Number(row[name])]));
    if (FIGURES.every((name) => figures[name] === 0)) continue;
    const key = JSON.stringify([row.tenant_id, row.day, row.label, row.user_id, row.model]);
    found.set(key, { ...row, ...figures });
  }
  return found;
}
