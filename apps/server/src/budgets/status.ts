import type { BudgetStatus } from "@orcha/contract";
import type { Database } from "../db/database.ts";
import { dayOf, firstOfMonth } from "../usage/days.ts";
import { toAmount } from "../usage/money.ts";
import { readSpentInDays } from "../usage/totals-store.ts";
import { type BudgetSettings, limitsOf, NO_LIMIT } from "./budgets.ts";
import { readSpend } from "./read-spend-store.ts";
import { rowsOf } from "./reservation.ts";

/** How much of a tenant's budgets for today and this month is used up; nothing for a tenant without. */
export async function budgetStatus(
  { reader }: Pick<Database, "reader">,
  tenantId: string,
  budget: BudgetSettings,
  now: number,
): Promise<BudgetStatus[]> {
  const day = dayOf(now);
  const own = { day, spender: null };
  const limits = limitsOf(budget);
  const spends = await readSpend(reader, tenantId, own);
  const statuses: BudgetStatus[] = [];
  for (const [at, { period }] of rowsOf(own).entries()) {
    const limit = limits[at];
    if (!limit || (limit.tokens === NO_LIMIT && limit.cost === NO_LIMIT)) continue;
    const spend = spends[at];
    const seen = await readSpentInDays(reader, tenantId, at === 0 ? day : firstOfMonth(day), day);
    statuses.push({
      period,
      subject: "tenant",
      tokens: Math.max(spend?.tokens ?? 0, seen.tokens),
      tokens_limit: limit.tokens === NO_LIMIT ? null : limit.tokens,
      cost: toAmount(Math.max(spend?.cost ?? 0, seen.cost)),
      cost_limit: limit.cost === NO_LIMIT ? null : toAmount(limit.cost),
      reserved_tokens: spend?.reservedTokens ?? 0,
      reserved_cost: toAmount(spend?.reservedCost ?? 0),
      warned: spend?.warned ?? false,
    });
  }
  return statuses;
}
