import { randomBytes } from "node:crypto";
import { ask, newVisitor } from "../rig/chat.mjs";
import { LostAnswer } from "../rig/exchange.mjs";
import { pause } from "../rig/wait.mjs";

/** @typedef {{ number: number, tenantId: string, key: string, visitor: string | undefined }} Message */

/** What visitors are told; nothing else is friendly enough. */
const SENTENCE = "The assistant has reached its limit for now. Please come back later.";
/** What passes: the same message may be sent again. */
const PASSING = ["unavailable", "turn_in_progress"];
const PAUSE_MS = 100;
const PATIENCE_MS = 90_000;

/** Messages to tenants with a budget, each sent again, with its key, until it has an end. */
export class BudgetMessages {
  counts = { answers: 0, interrupted: 0, budgetRefusals: 0, otherEnds: 0, unfriendly: 0 };
  /** @type {string[]} */
  evidence = [];
  #site;
  #sent = 0;
  /** @type {Message[]} */
  #open = [];

  /** @param {import("./budget-site.mjs").BudgetSite} site */
  constructor(site) {
    this.#site = site;
  }

  /**
   * Sends so many at once, each as a conversation of its own; what gets no end now waits for `finish`.
   *
   * @param {string} tenantId
   * @param {number} atOnce
   * @param {number} visitors that they come from in turn; with none, each from somebody new
   */
  async rush(tenantId, atOnce, visitors) {
    const asked = Array.from({ length: visitors }, (_, at) => newVisitor(this.#site.at(at).origin));
    const secrets = await Promise.all(asked);
    const messages = Array.from({ length: atOnce }, (_, at) => {
      const key = randomBytes(16).toString("base64url");
      return { number: ++this.#sent, tenantId, key, visitor: secrets[at % visitors] };
    });
    await Promise.all(messages.map((message) => this.#send(message)));
    this.counts.interrupted += this.#open.length;
  }

  async finish() {
    const giveUp = performance.now() + PATIENCE_MS;
    while (this.#open.length > 0) {
      await pause(PAUSE_MS);
      if (performance.now() > giveUp) throw new Error(`${this.#open.length} messages have no end.`);
      await Promise.all(this.#open.splice(0).map((message) => this.#send(message)));
    }
  }

  /** @param {Message} message */
  async #send(message) {
    const { number, tenantId, key, visitor } = message;
    const said = { text: questionOf(tenantId, number), tenant_id: tenantId };
    const asking = { key, visitor, streams: number % 2 === 0 };
    try {
      this.#judge(message, await ask(this.#site.at(number).origin, said, asking));
    } catch (error) {
      if (!(error instanceof LostAnswer)) throw error;
      this.#open.push(message);
    }
  }

  /**
   * @param {Message} message
   * @param {import("../rig/chat.mjs").Answer} answer
   */
  #judge(message, answer) {
    if (answer.success) {
      this.counts.answers += 1;
    } else if (PASSING.includes(answer.code ?? "")) {
      this.#open.push(message);
    } else if (answer.code === "budget_exhausted") {
      this.counts.budgetRefusals += 1;
      if (!isFriendly(answer)) this.#count("unfriendly", answer);
    } else {
      this.#count("otherEnds", answer);
    }
  }

  /**
   * @param {"otherEnds" | "unfriendly"} name
   * @param {import("../rig/chat.mjs").Answer} answer
   */
  #count(name, { status, code, body }) {
    this.counts[name] += 1;
    this.evidence.push(`${name}: ${status} ${code} ${body}`);
  }
}

/**
 * All of one length, so that as much is set aside for each.
 *
 * @param {string} tenantId
 * @param {number} number
 */
export function questionOf(tenantId, number) {
  return `Question ${String(number).padStart(6, "0")} to ${tenantId}?`;
}

/** @param {import("../rig/chat.mjs").Answer} answer */
function isFriendly({ status, body }) {
  const { success, message, data } = JSON.parse(body);
  return status === 200 && success === false && message === SENTENCE && data.text === "";
}
