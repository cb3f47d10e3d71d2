import type { TenantSettings } from "@orcha/contract";
import type { ChatModel } from "../turns/ports.ts";
import { worstCase } from "../turns/worst-case.ts";
import { toAmount } from "../usage/money.ts";
import { dearestCost, type Prices } from "../usage/prices.ts";
import { type BudgetSettings, hasBudget, hasMoneyBudget } from "./budgets.ts";

export interface BudgetCheckDeps {
  readonly prices: Prices;
  readonly limits: { readonly historyTokens: number; readonly answerTokens: number };
}

type Limit = keyof BudgetSettings & string;

/**
 * Why a tenant's budget cannot be kept or would answer nobody, as a sentence; undefined when it can.
 *
 * @param model what answers a tenant with these settings
 */
export async function checkBudget(
  deps: BudgetCheckDeps,
  settings: TenantSettings,
  model: Pick<ChatModel, "name" | "models" | "maxCalls" | "alwaysRetrieves">,
): Promise<string | undefined> {
  const { budget } = settings;
  if (!hasBudget(budget)) return undefined;
  const retrieves = model.alwaysRetrieves || settings.retrieval === "always";
  const least = worstCase(
    { model, limits: deps.limits },
    {
      instructions: settings.prompt ?? undefined,
      page: undefined,
      text: "?",
      isNew: true,
      retrieves,
    },
  );
  const { cost, unpriced } = await dearestCost(deps.prices, least.models, least);
  const [nameless] = unpriced;
  if (nameless !== undefined && hasMoneyBudget(budget)) {
    return `A money budget needs a price for every model, and ${nameless} has none; set it first, with: orcha price set ${nameless}`;
  }
  const tokens = least.inputTokens + least.outputTokens;
  for (const [name, limit] of limitsIn(budget)) {
    const needed = name.includes("tokens") ? tokens : toAmount(cost);
    if (limit < needed) {
      return `budget.${name} is ${limit}, but the shortest message may need ${needed}: nobody would be answered.`;
    }
  }
  return undefined;
}

function limitsIn(budget: BudgetSettings): [Limit, number][] {
  const names = Object.keys(budget) as Limit[]; // a parsed object has no other keys
  return names.flatMap((name) => {
    const limit = budget[name];
    return limit === null ? [] : [[name, limit]];
  });
}
