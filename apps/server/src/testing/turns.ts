import { Budgets } from "../budgets/budgets.ts";
import type { Database } from "../db/database.ts";
import type { TurnAccount } from "../turns/opened-turn.ts";
import { createPrices } from "../usage/prices.ts";
import { NOTHING_SPENT } from "../usage/spent.ts";

/** Of a turn of the default user that no budget holds. */
export const account: TurnAccount = {
  createdAt: 0,
  label: "",
  userId: 1,
  spentBefore: NOTHING_SPENT,
  reservation: undefined,
};

/** Budgets of a database, with the prices that it has. */
export function testBudgets(database: Database): Budgets {
  return new Budgets({
    database,
    prices: createPrices({ database }),
    visitorKey: "key",
    onUnpriced: () => {},
  });
}
