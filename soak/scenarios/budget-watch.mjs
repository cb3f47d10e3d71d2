import { pause } from "../rig/wait.mjs";

/**
 * Tokens, and money in millionths.
 *
 * @typedef {{ tokens: number, cost: number }} Amount
 * @typedef {{ tenantId: string, own: Amount, visitors: Amount }} Budget
 * @typedef {{ tenantId: string, isVisitors: boolean, isMonth: boolean, spent: Amount, reserved: Amount }} Row
 */

const PAUSE_MS = { sqlite: 5, postgres: 30 };
const SPEND =
  "select tenant_id, subject, period, tokens, cost, reserved_tokens, reserved_cost from budget_spend";

/** Looks at what is kept of the budgets, again and again, beside the servers. */
export class BudgetWatch {
  looks = 0;
  /** How much of a limit was ever taken, spent and set aside together. */
  highestPercent = 0;
  found = { passed: 0, reservationsLeft: 0, spentTooLittle: 0, refusedTooEarly: 0 };
  /** @type {string[]} */
  evidence = [];
  #site;
  #isStopping = false;
  #watching = Promise.resolve();
  /** @type {Map<string, Budget>} */
  #budgets = new Map();

  /** @param {import("./budget-site.mjs").BudgetSite} site */
  constructor(site) {
    this.#site = site;
  }

  start() {
    this.#watching = this.#watch();
  }

  async stop() {
    this.#isStopping = true;
    await this.#watching;
  }

  /** Minds this tenant's limits from now on. @param {Budget} budget */
  hold(budget) {
    this.#budgets.set(budget.tenantId, budget);
  }

  /** True when no turn runs, and none is left behind by a server that was killed. */
  async isSettled() {
    const pending = "select count(*) from turns where state = 'pending'";
    return (await this.#site.storage.rows(pending))[0]?.[0] === "0";
  }

  /**
   * The last look at a budget that is used up.
   *
   * @param {Budget} budget
   * @param {{ worst: Amount, used: Amount }} turns what one turn may take, and what the model has used for all
   */
  async judge({ tenantId, own }, { worst, used }) {
    const rows = (await this.#read()).filter((row) => row.tenantId === tenantId);
    const left = rows.filter(({ reserved }) => !isNothing(reserved)).length;
    if (left > 0) this.#find("reservationsLeft", `${tenantId}: ${left} rows`);
    const spent = rows.find((row) => row.isMonth)?.spent ?? { tokens: 0, cost: 0 };
    const about = `${tenantId}: ${text(spent)} of ${text(own)}, the model used ${text(used)}`;
    if (spent.tokens < used.tokens || spent.cost < used.cost) this.#find("spentTooLittle", about);
    const fits = spent.tokens + worst.tokens <= own.tokens && spent.cost + worst.cost <= own.cost;
    if (fits) this.#find("refusedTooEarly", about);
  }

  async #watch() {
    while (!this.#isStopping) {
      if (this.#site.isServing) await this.#look();
      await pause(PAUSE_MS[this.#site.storage.engine]);
    }
  }

  async #look() {
    for (const { tenantId, isVisitors, spent, reserved } of await this.#read()) {
      const budget = this.#budgets.get(tenantId);
      if (!budget) continue;
      const limit = isVisitors ? budget.visitors : budget.own;
      const taken = { tokens: spent.tokens + reserved.tokens, cost: spent.cost + reserved.cost };
      const share = Math.max(taken.tokens / limit.tokens, taken.cost / limit.cost);
      this.highestPercent = Math.max(this.highestPercent, Math.round(share * 1000) / 10);
      if (share > 1) this.#find("passed", `${tenantId}: ${text(taken)} of ${text(limit)}`);
    }
    this.looks += 1;
  }

  /** @returns {Promise<Row[]>} */
  async #read() {
    const rows = await this.#site.storage.rows(SPEND);
    return rows.map(([tenantId = "", subject, period = "", ...figures]) => {
      const [tokens = 0, cost = 0, reservedTokens = 0, reservedCost = 0] = figures.map(Number);
      return {
        tenantId,
        isVisitors: subject !== "",
        isMonth: subject === "" && period.length === "2026-01".length,
        spent: { tokens, cost },
        reserved: { tokens: reservedTokens, cost: reservedCost },
      };
    });
  }

  /**
   * @param {keyof BudgetWatch["found"]} name
   * @param {string} about
   */
  #find(name, about) {
    this.found[name] += 1;
    this.evidence.push(`${name}: ${about}`);
  }
}

/** @param {Amount} amount */
function isNothing({ tokens, cost }) {
  return tokens === 0 && cost === 0;
}

/** @param {Amount} amount */
function text({ tokens, cost }) {
  return `${tokens} tokens and ${cost} millionths`;
}
