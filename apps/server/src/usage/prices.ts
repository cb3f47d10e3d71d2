import type { Database } from "../db/database.ts";
import { type Price, readPrices } from "./prices-store.ts";

/** A changed price binds within this time. */
const CACHE_MS = 1000;
const TOKENS_PER_PRICE = 1_000_000;
const FREE: Price = { inputPrice: 0, outputPrice: 0 };
/** Answerers of our own, which nobody charges for. */
const OWN_ANSWERERS = ["extractive"];

export interface Prices {
  /** Undefined for a model that the owner has not priced. */
  of(model: string): Promise<Price | undefined>;
}

/** The owner's prices, read at most once a second; while the storage is away those that were read last hold. */
export function createPrices({ database }: { readonly database: Database }): Prices {
  let known: ReadonlyMap<string, Price> | undefined;
  let until = 0;
  let reading: Promise<void> | undefined;

  async function read(): Promise<void> {
    try {
      const prices = await readPrices(database.reader);
      known = new Map(prices.map((price) => [price.model, price]));
    } catch (error) {
      if (!known) throw error;
    } finally {
      reading = undefined;
    }
    until = performance.now() + CACHE_MS;
  }

  return {
    async of(model) {
      if (OWN_ANSWERERS.includes(model)) return FREE;
      if (performance.now() >= until) {
        reading ??= read();
        await reading;
      }
      return known?.get(model);
    },
  };
}

/** What tokens cost, in millionths of the currency. */
function costOf(price: Price, inputTokens: number, outputTokens: number): number {
  const { inputPrice, outputPrice } = price;
  return Math.ceil((inputTokens * inputPrice + outputTokens * outputPrice) / TOKENS_PER_PRICE);
}

/** What tokens cost at the dearest of the models that may have counted them, and which of these have no price. */
export async function dearestCost(
  prices: Prices,
  models: readonly string[],
  usage: { readonly inputTokens: number; readonly outputTokens: number },
): Promise<{ readonly cost: number; readonly unpriced: readonly string[] }> {
  let cost = 0;
  const unpriced: string[] = [];
  for (const model of models) {
    const price = await prices.of(model);
    if (price) cost = Math.max(cost, costOf(price, usage.inputTokens, usage.outputTokens));
    else unpriced.push(model);
  }
  return { cost, unpriced };
}
