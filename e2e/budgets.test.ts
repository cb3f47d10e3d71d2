import { dirname } from "node:path";
import { describe, it } from "vitest";
import { Workshop } from "../soak/rig/rig.mjs";
import { runScenario } from "../soak/scenario.mjs";
import { budgetsAreNeverPassed } from "../soak/scenarios/budgets.mjs";
import { type Alteration, buildAltered } from "./support/altered-build.ts";

const WITHIN_MS = 120_000;

/** What is wrong with a build, and the figures that have to tell. */
const BROKEN: readonly (Alteration & { readonly what: string; readonly figure: string })[] = [
  {
    what: "lets turns that begin together pass the limit",
    figure: "passed",
    file: "budgets/spend-store.ts",
    from: `<= \${p("tokensLimit")}`,
    to: `<= 1000000 + \${p("tokensLimit")}`,
  },
  {
    what: "forgets what a crash may have cost",
    figure: "spentTooLittle",
    file: "turns/pending-turn-store.ts",
    from: "settleSteps(tenantId, reservation, reservation ?? NOTHING)",
    to: "settleSteps(tenantId, reservation, NOTHING)",
  },
  {
    what: "keeps what was set aside when the turn is over",
    figure: "reservationsLeft",
    file: "budgets/spend-store.ts",
    from: `set("budget_spend.reserved_tokens", "-", p("reservedTokens"))`,
    to: `set("budget_spend.reserved_tokens", "-", sql<number>\`0 * \${p("reservedTokens")}\`)`,
  },
];

describe("the check that no budget is passed", () => {
  for (const { what, figure, ...alteration } of BROKEN) {
    it(
      `notices a build that ${what}`,
      async ({ expect }) => {
        await using altered = await buildAltered(alteration);
        const workshop = await Workshop.open(dirname(altered.script));
        try {
          const conditions = { engine: "sqlite", scale: "short" } as const;
          const { result } = await runScenario(workshop, budgetsAreNeverPassed, conditions);
          expect(result.figures).not.toHaveProperty("brokenOff");
          expect(result.figures[figure]).toBeGreaterThan(0);
          expect(result.passed).toBe(false);
        } finally {
          await workshop.close();
        }
      },
      WITHIN_MS,
    );
  }
});
