import type { Database } from "../db/database.ts";
import { toAmount } from "../usage/money.ts";
import { type Budgets, type HeldTenant, limitsOf, NO_LIMIT } from "./budgets.ts";
import { readSpend, type Spend } from "./read-spend-store.ts";
import type { Amount } from "./reservation.ts";
import { warnOfBudget } from "./upkeep-store.ts";

/** The share of a budget at which its owner is told. */
const WARN_AT = 0.8;

/** What the owner is told of a budget that is nearly used up. */
export interface BudgetWarning {
  readonly tenantId: string;
  /** A day or a month. */
  readonly period: string;
  readonly tokens: number;
  /** Null for no limit. */
  readonly tokensLimit: number | null;
  readonly money: number;
  readonly moneyLimit: number | null;
}

export interface WarnDeps {
  readonly database: Database;
  readonly budgets: Budgets;
  readonly now: () => number;
  readonly onWarning: (warning: BudgetWarning) => void;
}

/** Tells the owners of budgets that are nearly used up, once in each period, whichever process comes first. */
export async function warnOfBudgets(deps: WarnDeps): Promise<void> {
  for (const tenant of deps.budgets.takeLately()) await warnOfTenant(deps, tenant);
}

async function warnOfTenant(
  { database, now, onWarning }: WarnDeps,
  { tenantId, budget, day }: HeldTenant,
): Promise<void> {
  const limits = limitsOf(budget);
  const spends = await readSpend(database.reader, tenantId, { day, spender: null });
  for (const [at, row] of spends.entries()) {
    const limit = limits[at];
    if (!row || !limit || row.warned || !isNearlyUsedUp(row, limit)) continue;
    const warning = warningOf(tenantId, row, limit);
    const { tenantId: _, ...detail } = warning;
    const entry = {
      tenantId,
      actor: { kind: "system", id: "", name: "orcha" },
      action: "budget.warning",
      target: row.period,
      detail,
      address: "",
      now: now(),
    } as const;
    if (await database.write(warnOfBudget, { row, entry })) onWarning(warning);
  }
}

function isNearlyUsedUp(spend: Spend, limit: Amount): boolean {
  return spend.tokens >= WARN_AT * limit.tokens || spend.cost >= WARN_AT * limit.cost;
}

function warningOf(tenantId: string, spend: Spend, limit: Amount): BudgetWarning {
  return {
    tenantId,
    period: spend.period,
    tokens: spend.tokens,
    tokensLimit: limit.tokens === NO_LIMIT ? null : limit.tokens,
    money: toAmount(spend.cost),
    moneyLimit: limit.cost === NO_LIMIT ? null : toAmount(limit.cost),
  };
}
