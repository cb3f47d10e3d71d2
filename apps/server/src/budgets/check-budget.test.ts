import { storedTenantSettingsSchema } from "@orcha/contract";
import { expect, it } from "vitest";
import type { Prices } from "../usage/prices.ts";
import { checkBudget } from "./check-budget.ts";

const model = {
  name: "acme/fast",
  models: ["acme/fast", "acme/slow"],
  maxCalls: 4,
  alwaysRetrieves: false,
};
const limits = { historyTokens: 4_000, answerTokens: 1_000 };

function check(budget: object, priced: readonly string[] = [], rest: object = {}) {
  const prices: Prices = {
    of: async (name) =>
      priced.includes(name) ? { inputPrice: 1_000_000, outputPrice: 1_000_000 } : undefined,
  };
  const settings = storedTenantSettingsSchema.parse({ name: "Shop", budget, ...rest });
  return checkBudget({ prices, limits }, settings, model);
}

it("lets a budget be that can be kept", async () => {
  expect(await check({})).toBeUndefined();
  expect(await check({ tokens_per_day: 100_000 })).toBeUndefined();
  expect(await check({ money_per_month: 5 }, ["acme/fast", "acme/slow"])).toBeUndefined();
});

it("refuses a money budget while a model of the chain has no price, and names it", async () => {
  expect(await check({ money_per_day: 5 }, ["acme/fast"])).toContain("acme/slow has none");
  expect(await check({ visitor_money_per_day: 5 }, ["acme/slow"])).toContain("acme/fast has none");
});

it("refuses a budget under which nobody would be answered, and says what it needs", async () => {
  const sentence = await check({ tokens_per_day: 1_000 });
  const needed = Number(/may need (\d+)/.exec(sentence ?? "")?.[1]);
  expect(needed).toBeGreaterThan(1_000);
  expect(await check({ tokens_per_day: needed })).toBeUndefined();
  expect(await check({ tokens_per_day: needed - 1 })).toContain("budget.tokens_per_day");
  const poor = await check({ money_per_day: 0.0001 }, ["acme/fast", "acme/slow"]);
  expect(poor).toContain("budget.money_per_day is 0.0001");
});

it("needs more for a tenant whose every message is looked up in documents", async () => {
  expect(await check({ tokens_per_day: 3_000 })).toBeUndefined();
  const always = { retrieval: "always" };
  expect(await check({ tokens_per_day: 3_000 }, [], always)).toContain("tokens_per_day");
});
