import * as z from "zod";

const MAX_PRICE = 1_000_000;

const day = z.iso.date();
const count = z.int().min(0);
const money = z.number().min(0).meta({ description: "In the installation's currency." });

/** By what a report's rows are told apart; `tenant` for reports of the whole installation. */
export const USAGE_GROUPS = ["tenant", "day", "label", "user", "model"] as const;
export type UsageGroup = (typeof USAGE_GROUPS)[number];

/** The query of a report. Days are UTC, the first and the last included. */
export const usageQuerySchema = z.object({
  from: day.optional(),
  to: day.optional(),
  group_by: z
    .string()
    .transform((list) => list.split(",").map((group) => group.trim()))
    .pipe(z.array(z.enum(USAGE_GROUPS)).max(USAGE_GROUPS.length))
    .optional(),
});

const usageFigures = {
  conversations: count.meta({ description: "Begun by these turns." }),
  turns: count.meta({ description: "That have ended, one way or another." }),
  failed_turns: count,
  input_tokens: count,
  output_tokens: count,
  cost: money,
};
export const usageTotalsSchema = z.object(usageFigures);
export type UsageTotals = z.output<typeof usageTotalsSchema>;

/** One row; it names what the report is grouped by. */
export const usageRowSchema = z.object({
  tenant_id: z.string().optional(),
  day: day.optional(),
  label: z.string().optional().meta({
    description: "The unregistered tenant_id of its pages; empty for none.",
  }),
  user_id: z.int().optional().meta({ description: "0 for users who were erased." }),
  model: z
    .string()
    .optional()
    .meta({ description: "As provider/model; empty when none answered." }),
  ...usageFigures,
});
export type UsageRow = z.output<typeof usageRowSchema>;

/** How much of a tenant's budget is used up. */
export const budgetStatusSchema = z.object({
  period: z.string().meta({ description: "A day or a month, such as 2026-11-22 or 2026-11." }),
  subject: z.literal("tenant"),
  tokens: count,
  tokens_limit: count.nullable(),
  cost: money,
  cost_limit: money.nullable(),
  reserved_tokens: count.meta({ description: "Set aside for turns that run." }),
  reserved_cost: money,
  warned: z
    .boolean()
    .meta({ description: "True once its owner was told that it is nearly used up." }),
});
export type BudgetStatus = z.output<typeof budgetStatusSchema>;

/** The answer of `GET /api/v1/orcha/usage`: exact to the last turn that has ended. */
export const usageReportSchema = z.object({
  tenant_id: z.string().meta({ description: "`*` for the whole installation." }),
  from: day,
  to: day,
  currency: z.string(),
  totals: usageTotalsSchema,
  data: z.array(usageRowSchema),
  truncated: z.boolean().meta({
    description: "True when there are more rows; ask for fewer days or groups.",
  }),
  budgets: z.array(budgetStatusSchema).meta({ description: "Of today and this month." }),
});
export type UsageReport = z.output<typeof usageReportSchema>;

/** The answer of `GET /api/v1/orcha/tokens/usage/{user_id}`, by day. */
export const userUsageSchema = z.object({
  tenant_id: z.string(),
  user_id: z.int(),
  from: day,
  to: day,
  currency: z.string(),
  totals: usageTotalsSchema,
  data: z.array(usageRowSchema),
  truncated: z.boolean(),
});
export type UserUsage = z.output<typeof userUsageSchema>;

/** Which model a price is of, as provider/model. */
export const priceQuerySchema = z.object({
  model: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, "must not hold control characters"),
});

const price = z.number().min(0).max(MAX_PRICE).meta({
  description: "In the installation's currency, for a million tokens.",
});
export const priceChangeSchema = z.strictObject({ input_price: price, output_price: price });

/** What a model costs. */
export const modelPriceSchema = z.object({
  model: z.string(),
  input_price: price,
  output_price: price,
  updated_at: z.iso.datetime(),
});
export type ModelPriceResponse = z.output<typeof modelPriceSchema>;

export const priceListSchema = z.object({
  data: z.array(modelPriceSchema),
  currency: z.string(),
});
export type PriceList = z.output<typeof priceListSchema>;
