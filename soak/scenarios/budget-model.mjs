import { pause } from "../rig/wait.mjs";

/**
 * @typedef {import("./budget-watch.mjs").Amount} Amount
 * @typedef {import("../rig/model-server.mjs").Call} Call
 */

export const MODEL = "openai-compatible/scripted";
export const ANSWER_TOKENS = 40;
/** What a million tokens cost. */
export const PRICES = { input: 1, output: 2 };
const WORDS = 6;

/** A model that takes its time, and knows what it has used for whom. */
export class SpendingModel {
  /** What every second answer uses, in all: as much as may be set aside for its turn. */
  mostTokens = 0;
  #server;

  /** @param {import("../rig/model-server.mjs").ModelServer} server */
  constructor(server) {
    this.#server = server;
    this.origin = server.origin;
    server.choose = () => (reply, call) => this.#answer(reply, call);
  }

  /**
   * What it has used for a tenant: of a call that was cut the question is used all the same.
   *
   * @param {string} tenantId
   * @returns {Amount}
   */
  used(tenantId) {
    const used = { tokens: 0, cost: 0 };
    for (const call of this.#server.calls) {
      if (!call.question.includes(tenantId)) continue;
      const { input, output } = this.#tokensOf(call);
      const said = call.isWhole ? output : 0;
      used.tokens += input + said;
      used.cost += input * PRICES.input + said * PRICES.output;
    }
    return used;
  }

  /** @param {Call} call */
  #tokensOf({ number }) {
    const output = ANSWER_TOKENS;
    return number % 2 === 0 ? { input: this.mostTokens - output, output } : { input: 20, output };
  }

  /**
   * @param {import("../rig/model-reply.mjs").ModelReply} reply
   * @param {Call} call
   */
  async #answer(reply, call) {
    await pause(100 + Math.random() * 700);
    for (let word = 0; word < WORDS && !reply.isGone; word += 1) {
      await reply.say(`word${word} `);
      await pause(Math.random() * 30);
    }
    reply.end(this.#tokensOf(call));
  }
}
