import type { Installation } from "../installation.ts";
import { branch, leaf } from "./leaf.ts";

const model = { type: "string", required: true, description: "As provider/model" } as const;

/** `orcha price …`. */
export function priceCommands(installation: Installation) {
  const load = () => import("./price.ts");
  const amount = (of: string) =>
    ({ type: "string", required: true, description: `For a million tokens of ${of}` }) as const;
  return branch(
    { name: "price", description: "Manage what models cost, which money budgets reckon with" },
    {
      list: leaf("list", "List the prices", {}, async () =>
        (await load()).runPriceList(installation),
      ),
      set: leaf(
        "set",
        "Set a model's price",
        { model, input: amount("input"), output: amount("output") },
        async (args) => (await load()).runPriceSet(installation, args),
      ),
      delete: leaf("delete", "Forget a model's price", { model }, async (args) =>
        (await load()).runPriceDelete(installation, args),
      ),
    },
  );
}

/** `orcha usage`. */
export function usageCommand(installation: Installation) {
  return leaf(
    "usage",
    "Show conversations, turns, tokens and money",
    {
      tenant: { type: "string", description: "The tenant; * for all" },
      from: { type: "string", valueHint: "DAY", description: "The first day, such as 2026-11-01" },
      to: { type: "string", valueHint: "DAY", description: "The last day" },
      by: {
        type: "string",
        valueHint: "day,label,user,model",
        description: "What to tell apart, separated by commas",
      },
      json: { type: "boolean", description: "As JSON" },
      recount: { type: "boolean", description: "Compare the figures with the turns themselves" },
    },
    async (args) => (await import("./usage.ts")).runUsage(installation, args),
  );
}
