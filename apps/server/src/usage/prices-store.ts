import { type AuditEntry, auditStep } from "../audit/store.ts";
import { type Connection, defineSteps, must } from "../db/database.ts";
import { statementOverAll } from "../db/statement.ts";

/** What the owner says that a model costs: millionths of the currency for a million tokens. */
export interface Price {
  readonly inputPrice: number;
  readonly outputPrice: number;
}

export interface ModelPrice extends Price {
  /** As provider/model. */
  readonly model: string;
  readonly updatedAt: number;
}

const selectPrices = statementOverAll<Record<never, never>>()((db) =>
  db.selectFrom("model_prices").selectAll().orderBy("model"),
);

const upsertPrice = statementOverAll<{
  model: string;
  inputPrice: number;
  outputPrice: number;
  now: number;
}>()((db, p) =>
  db
    .insertInto("model_prices")
    .values({
      model: p("model"),
      input_price: p("inputPrice"),
      output_price: p("outputPrice"),
      updated_at: p("now"),
    })
    .onConflict((conflict) =>
      conflict.column("model").doUpdateSet((set) => ({
        input_price: set.ref("excluded.input_price"),
        output_price: set.ref("excluded.output_price"),
        updated_at: set.ref("excluded.updated_at"),
      })),
    ),
);

const deleteRow = statementOverAll<{ model: string }>()((db, p) =>
  db.deleteFrom("model_prices").where("model", "=", p("model")),
);

/** In the order of their names. */
export async function readPrices(reader: Connection): Promise<ModelPrice[]> {
  const rows = await reader.run(selectPrices, {});
  return rows.map((row) => ({
    model: row.model,
    inputPrice: row.input_price,
    outputPrice: row.output_price,
    updatedAt: row.updated_at,
  }));
}

export interface SetPriceInput extends Price {
  readonly model: string;
  /** Of the installation. */
  readonly entry: AuditEntry;
}

/** It holds for what is asked from now on; what was counted keeps its cost. */
export const setPrice = defineSteps(
  "usage.set-price",
  ({ model, inputPrice, outputPrice, entry }: SetPriceInput) => [
    must(upsertPrice, { model, inputPrice, outputPrice, now: entry.now }),
    auditStep(entry),
  ],
);

/** Answers false when the model had no price. */
export const deletePrice = defineSteps(
  "usage.delete-price",
  ({ model, entry }: { readonly model: string; readonly entry: AuditEntry }) => [
    must(deleteRow, { model }),
    auditStep(entry),
  ],
);

export const PRICE_WRITES = [setPrice, deletePrice];
