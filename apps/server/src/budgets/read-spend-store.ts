import type { Connection } from "../db/database.ts";
import { statement } from "../db/statement.ts";
import { type Amount, type BudgetRow, type Reservation, rowsOf } from "./reservation.ts";

/** What was spent of one budget, as it was read. */
export interface Spend extends Amount, BudgetRow {
  readonly reservedTokens: number;
  readonly reservedCost: number;
  /** True once the owner was told that it is nearly used up. */
  readonly warned: boolean;
}

const selectSpend = statement<{
  tenantId: string;
  day: string;
  month: string;
  spender: string;
}>()((db, p) =>
  db
    .selectFrom("budget_spend")
    .selectAll()
    .where("tenant_id", "=", p("tenantId"))
    .where("subject", "in", ["", p("spender")])
    .where("period", "in", [p("day"), p("month")]),
);

/** What was spent of the budgets that a turn counts to, in the order of `rowsOf`; undefined where there is nothing yet. */
export async function readSpend(
  reader: Connection,
  tenantId: string,
  turn: Pick<Reservation, "day" | "spender">,
): Promise<(Spend | undefined)[]> {
  const wanted = rowsOf(turn);
  const [day = "", month = ""] = wanted.map(({ period }) => period);
  const spender = turn.spender ?? "";
  const rows = await reader.run(selectSpend, { tenantId, day, month, spender });
  return wanted.map(({ subject, period }) => {
    const row = rows.find((other) => other.subject === subject && other.period === period);
    return (
      row && {
        subject,
        period,
        tokens: row.tokens,
        cost: row.cost,
        reservedTokens: row.reserved_tokens,
        reservedCost: row.reserved_cost,
        warned: row.warned === 1,
      }
    );
  });
}
