import { type ModelPriceResponse, OrchaError } from "@orcha/contract";
import type { AuditEntry } from "../audit/store.ts";
import type { Database } from "../db/database.ts";
import { toAmount, toMillionths } from "./money.ts";
import { deletePrice, type ModelPrice, readPrices, setPrice } from "./prices-store.ts";

/** What the owner writes: amounts of the currency for a million tokens. */
export interface PriceAmounts {
  readonly input_price: number;
  readonly output_price: number;
}

/** All prices, in the order of the models' names. */
export async function listPrices({ reader }: Database): Promise<ModelPriceResponse[]> {
  return (await readPrices(reader)).map(shown);
}

/** Prices a model from now on; what was used before keeps its cost. */
export async function changePrice(
  database: Database,
  model: string,
  amounts: PriceAmounts,
  entryOf: (
    action: string,
    target: string,
    detail: Readonly<Record<string, unknown>>,
  ) => AuditEntry,
): Promise<ModelPriceResponse> {
  const price = {
    model,
    inputPrice: toMillionths(amounts.input_price),
    outputPrice: toMillionths(amounts.output_price),
  };
  const entry = entryOf("price.set", model, { ...amounts });
  await database.write(setPrice, { ...price, entry });
  return shown({ ...price, updatedAt: entry.now });
}

/** @throws OrchaError `not_found` for a model that has no price */
export async function removePrice(
  database: Database,
  model: string,
  entryOf: (action: string, target: string) => AuditEntry,
): Promise<void> {
  const entry = entryOf("price.delete", model);
  if (!(await database.write(deletePrice, { model, entry }))) throw new OrchaError("not_found");
}

function shown({ model, inputPrice, outputPrice, updatedAt }: ModelPrice): ModelPriceResponse {
  return {
    model,
    input_price: toAmount(inputPrice),
    output_price: toAmount(outputPrice),
    updated_at: new Date(updatedAt).toISOString(),
  };
}
