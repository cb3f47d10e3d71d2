import { ask } from "../rig/chat.mjs";
import { until } from "../rig/wait.mjs";
import { atMost, largest } from "../verdict.mjs";
import { BudgetMessages, questionOf } from "./budget-messages.mjs";
import { MODEL, PRICES, SpendingModel } from "./budget-model.mjs";
import { BudgetSite } from "./budget-site.mjs";
import { BudgetWatch } from "./budget-watch.mjs";
import { runCommand } from "./orcha-command.mjs";

/**
 * @typedef {import("./budget-watch.mjs").Amount} Amount
 * @typedef {import("./budget-watch.mjs").Budget} Budget
 */

const CRASHES = { sqlite: { short: 2, full: 20 }, postgres: { short: 1, full: 20 } };
const AT_ONCE = 100;
const VISITORS = 10;
/** So many turns fit when each uses all that is set aside for it: of the tenant, and of one visitor. */
const FIT = 40;
const FIT_VISITOR = 6;
/** The limit that is not the one to be met. */
const ROOMY = 3;
const BATCH = 20;
/** Before the crash. */
const FEWEST_ANSWERS = 8;
const SETTLED_WITHIN_MS = 60_000;
const MILLION = 1_000_000;

/** @type {import("../scenario.mjs").Scenario} */
export const budgetsAreNeverPassed = {
  promise: "R18",
  name: "a budget is never passed, whatever is killed",
  engines: ["sqlite", "postgres"],
  async run(rig, { engine, scale }) {
    const crashes = CRASHES[engine][scale];
    const model = new SpendingModel(await rig.model());
    const site = await BudgetSite.open(rig, model, engine);
    const worst = await measureWorst(site);
    model.mostTokens = worst.tokens;
    const messages = new BudgetMessages(site);
    const watch = new BudgetWatch(site);
    watch.start();
    rig.defer(() => watch.stop());

    /** @type {number[]} */
    const settledMs = [];
    for (let crash = 0; crash < crashes; crash += 1) {
      const budget = budgetOf(`budget-${String(crash).padStart(2, "0")}`, crash % 2 === 0, worst);
      const { tenantId } = budget;
      await createTenant(site, budget);
      watch.hold(budget);

      const rush = messages.rush(tenantId, AT_ONCE, VISITORS);
      const enough = messages.counts.answers + FEWEST_ANSWERS + ((crash * 7) % 16);
      await until("A few answers", 30_000, () => messages.counts.answers >= enough);
      const crashedAt = performance.now();
      await site.crash(crash);
      await rush;
      await messages.finish();
      await until("Every turn is settled", SETTLED_WITHIN_MS, () => watch.isSettled());
      settledMs.push(performance.now() - crashedAt);

      await useUp(messages, tenantId);
      await watch.judge(budget, { worst, used: model.used(tenantId) });
    }
    await watch.stop();
    return {
      figures: {
        crashes,
        turnsAtOnce: AT_ONCE,
        ...messages.counts,
        looks: watch.looks,
        highestPercent: watch.highestPercent,
        ...watch.found,
        settledMs: largest(settledMs),
      },
      limits: {
        // A crash that met no running turn would show nothing.
        interrupted: { atLeast: crashes },
        answers: { atLeast: crashes * FEWEST_ANSWERS },
        highestPercent: { atLeast: 95 },
        budgetRefusals: { atLeast: crashes * BATCH },
        looks: { atLeast: crashes * BATCH },
        ...atMost(0, "otherEnds", "unfriendly", ...Object.keys(watch.found)),
      },
      evidence: [...messages.evidence, ...watch.evidence],
    };
  },
};

/**
 * What is set aside for one turn, as a tenant shows that has more than enough.
 *
 * @param {BudgetSite} site
 * @returns {Promise<Amount>}
 */
async function measureWorst(site) {
  const { input, output } = PRICES;
  const price = ["--input", String(input), "--output", String(output)];
  await runCommand(site.at(0), ["price", "set", "--model", MODEL, ...price]);
  const enough = { tokens: MILLION, cost: MILLION };
  const budget = { tenantId: "budget-xx", own: enough, visitors: enough };
  await createTenant(site, budget);
  const { tenantId } = budget;
  const message = { text: questionOf(tenantId, 0), tenant_id: tenantId };
  const answered = ask(site.at(0).origin, message);
  const worst = await until("A reservation", 10_000, async () => {
    const [row] = await site.storage.rows(
      "select reserved_tokens, reserved_cost from budget_spend where reserved_tokens > 0",
    );
    return row && { tokens: Number(row[0]), cost: Number(row[1]) };
  });
  await answered;
  return worst;
}

/**
 * A tenant whose tokens or whose money are the limit that is met.
 *
 * @param {string} tenantId
 * @param {boolean} isOfTokens
 * @param {Amount} worst
 * @returns {Budget}
 */
function budgetOf(tenantId, isOfTokens, worst) {
  const turns = (/** @type {boolean} */ isTight) => (FIT + 0.5) * (isTight ? 1 : ROOMY);
  return {
    tenantId,
    own: {
      tokens: Math.floor(worst.tokens * turns(isOfTokens)),
      cost: Math.floor(worst.cost * turns(!isOfTokens)),
    },
    visitors: { tokens: worst.tokens * FIT_VISITOR, cost: worst.cost * FIT_VISITOR },
  };
}

/**
 * @param {BudgetSite} site
 * @param {Budget} budget
 */
async function createTenant(site, { tenantId, own, visitors }) {
  const settings = {
    budget: {
      tokens_per_day: own.tokens,
      tokens_per_month: own.tokens,
      money_per_day: own.cost / MILLION,
      money_per_month: own.cost / MILLION,
      visitor_tokens_per_day: visitors.tokens,
      visitor_money_per_day: visitors.cost / MILLION,
    },
  };
  const args = ["tenant", "create", "--id", tenantId, "--settings", JSON.stringify(settings)];
  await runCommand(site.at(0), args);
}

/**
 * Goes on until nobody is answered though nothing is set aside.
 *
 * @param {BudgetMessages} messages
 * @param {string} tenantId
 */
async function useUp(messages, tenantId) {
  for (let before = -1; before !== messages.counts.answers; ) {
    before = messages.counts.answers;
    await messages.rush(tenantId, BATCH, 0);
  }
}
