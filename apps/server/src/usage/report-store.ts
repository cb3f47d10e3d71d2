import type { UsageGroup } from "@orcha/contract";
import type { Connection } from "../db/database.ts";
import { EVERY_TENANT } from "../db/statement.ts";

/** Whose usage of which days; days are included. */
export interface UsageFilter {
  /** "*" for every tenant. */
  readonly tenantId: string;
  readonly from: string;
  readonly to: string;
  readonly label?: string | undefined;
  readonly userId?: number | undefined;
}

export interface UsageFigures {
  readonly conversations: number;
  readonly turns: number;
  readonly failed_turns: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  /** In millionths of the currency. */
  readonly cost: number;
}

/** What the rows are told apart by, as far as it was asked for. */
export interface UsageKey {
  readonly tenant_id?: string;
  readonly day?: string;
  readonly label?: string;
  readonly user_id?: number;
  readonly model?: string;
}

const COLUMNS = {
  tenant: "tenant_id",
  day: "day",
  label: "label",
  user: "user_id",
  model: "model",
} as const satisfies Record<UsageGroup, string>;

/** The sums of the roll-up, in the order of what they are grouped by; without groups one row. */
export async function sumUsage(
  reader: Connection,
  { tenantId, from, to, label, userId }: UsageFilter,
  groups: readonly UsageGroup[],
  limit: number,
): Promise<(UsageKey & UsageFigures)[]> {
  const columns = groups.map((group) => COLUMNS[group]);
  let query = reader.builder
    .selectFrom("usage_daily")
    .select(columns)
    .select((select) => [
      select.fn.sum<number>("conversations").as("conversations"),
      select.fn.sum<number>("turns").as("turns"),
      select.fn.sum<number>("failed_turns").as("failed_turns"),
      select.fn.sum<number>("input_tokens").as("input_tokens"),
      select.fn.sum<number>("output_tokens").as("output_tokens"),
      select.fn.sum<number>("cost").as("cost"),
    ])
    .where("day", ">=", from)
    .where("day", "<=", to)
    .limit(limit);
  if (tenantId !== EVERY_TENANT) query = query.where("tenant_id", "=", tenantId);
  if (label !== undefined) query = query.where("label", "=", label);
  if (userId !== undefined) query = query.where("user_id", "=", userId);
  for (const column of columns) query = query.groupBy(column).orderBy(column);

  const rows = await reader.query(tenantId, query);
  return rows.map((row) => ({
    ...row,
    // PostgreSQL adds whole numbers up to a decimal, which arrives as text; of nothing the sum is null.
    conversations: Number(row.conversations ?? 0),
    turns: Number(row.turns ?? 0),
    failed_turns: Number(row.failed_turns ?? 0),
    input_tokens: Number(row.input_tokens ?? 0),
    output_tokens: Number(row.output_tokens ?? 0),
    cost: Number(row.cost ?? 0),
  }));
}
