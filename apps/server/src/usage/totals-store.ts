import type { Connection } from "../db/database.ts";
import { statement } from "../db/statement.ts";

const sumDays = statement<{ tenantId: string; from: string; to: string }>()((db, p) =>
  db
    .selectFrom("usage_daily")
    .select((select) => [
      select.fn.sum<number | null>("input_tokens").as("input_tokens"),
      select.fn.sum<number | null>("output_tokens").as("output_tokens"),
      select.fn.sum<number | null>("cost").as("cost"),
    ])
    .where("tenant_id", "=", p("tenantId"))
    .where("day", ">=", p("from"))
    .where("day", "<=", p("to")),
);

/** What a tenant's ended turns have spent from one day to another, both included. */
export async function readSpentInDays(
  reader: Connection,
  tenantId: string,
  from: string,
  to: string,
): Promise<{ readonly tokens: number; readonly cost: number }> {
  const [sum] = await reader.run(sumDays, { tenantId, from, to });
  // PostgreSQL adds whole numbers up to a decimal, which arrives as text.
  const tokens = Number(sum?.input_tokens ?? 0) + Number(sum?.output_tokens ?? 0);
  return { tokens, cost: Number(sum?.cost ?? 0) };
}
