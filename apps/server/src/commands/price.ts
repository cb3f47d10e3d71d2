import { OrchaError, priceChangeSchema, priceQuerySchema } from "@orcha/contract";
import type { Installation } from "../installation.ts";
import { SetUpError } from "../tenants/set-up.ts";
import { changePrice, listPrices, removePrice } from "../usage/manage-prices.ts";
import { printTable, withDatabase } from "./command-database.ts";

const INSTALLATION = "*";

export interface PriceArgs {
  /** As provider/model. */
  readonly model: string;
}
export interface PriceSetArgs extends PriceArgs {
  /** For a million tokens. */
  readonly input: string;
  readonly output: string;
}

/** `orcha price list`. */
export async function runPriceList(installation: Installation): Promise<void> {
  await withDatabase(installation, undefined, async ({ database, config }) => {
    const rows = [["MODEL", "INPUT", "OUTPUT", "SINCE"]];
    for (const price of await listPrices(database)) {
      const { model, input_price: input, output_price: output, updated_at: since } = price;
      rows.push([model, String(input), String(output), since.slice(0, 10)]);
    }
    printTable(rows);
    process.stdout.write(`In ${config.ORCHA_CURRENCY} for a million tokens.\n`);
  });
}

/** `orcha price set`. */
export async function runPriceSet(installation: Installation, args: PriceSetArgs): Promise<void> {
  const model = modelOf(args);
  const amounts = priceChangeSchema.safeParse({
    input_price: amountOf(args.input),
    output_price: amountOf(args.output),
  });
  if (!amounts.success) {
    throw new SetUpError(
      "--input and --output must be amounts such as 2.50, for a million tokens.",
    );
  }
  await withDatabase(installation, undefined, async ({ database, config, entryOf }) => {
    await changePrice(database, model, amounts.data, (action, target, detail) =>
      entryOf(action, target, detail, INSTALLATION),
    );
    const { input_price: input, output_price: output } = amounts.data;
    process.stdout.write(
      `A million tokens of ${model} cost ${input} ${config.ORCHA_CURRENCY} in and ${output} ${config.ORCHA_CURRENCY} out.\n`,
    );
  });
}

/** `orcha price delete`. */
export async function runPriceDelete(installation: Installation, args: PriceArgs): Promise<void> {
  const model = modelOf(args);
  await withDatabase(installation, undefined, async ({ database, entryOf }) => {
    try {
      await removePrice(database, model, (action, target) =>
        entryOf(action, target, {}, INSTALLATION),
      );
    } catch (error) {
      if (!(error instanceof OrchaError && error.code === "not_found")) throw error;
      throw new SetUpError(`${model} has no price.`);
    }
    process.stdout.write(`${model} has no price any more.\n`);
  });
}

function modelOf({ model }: PriceArgs): string {
  const parsed = priceQuerySchema.safeParse({ model });
  if (!parsed.success) throw new SetUpError("The model must be named as provider/model.");
  return parsed.data.model;
}

/** What is no number is refused as such. */
function amountOf(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}
