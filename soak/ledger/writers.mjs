import { randomBytes } from "node:crypto";
import { ask } from "../rig/chat.mjs";
import { LostAnswer } from "../rig/exchange.mjs";
import { pause } from "../rig/wait.mjs";

/**
 * One request of a writer: when it began and ended, and what came of it; `code` is "lost" when no answer came. The first
 * attempt of a message is 1.
 *
 * @typedef {{ from: number, to: number, attempt: number, code: string, answer?: import("../rig/chat.mjs").Answer }} Exchange
 */

/** A writer whose message has no answer yet goes on elsewhere after this long; the message stays on its mind. */
const PATIENCE_MS = 1_000;
const PAUSE_MS = 25;
const RETRYABLE = [
  "unavailable",
  "turn_in_progress",
  "model_unavailable",
  "model_timeout",
  "rate_limited",
  "internal",
];

/** Visitors who write all the time and send a message again, with its key, until they know what became of it. */
export class Writers {
  #origin;
  #ledger;
  #onExchange;
  /** @type {Promise<void>[]} */
  #working = [];
  #isStopping = false;
  #hasGivenUp = false;
  /** Messages whose end is not known. */
  unsettled = 0;

  /**
   * @param {string} origin
   * @param {import("./ledger.mjs").Ledger} ledger
   * @param {(exchange: Exchange) => void} onExchange
   */
  constructor(origin, ledger, onExchange = () => {}) {
    this.#origin = origin;
    this.#ledger = ledger;
    this.#onExchange = onExchange;
  }

  /** @param {number} atOnce */
  start(atOnce) {
    this.#working = Array.from({ length: atOnce }, async () => {
      while (!this.#isStopping) {
        await Promise.race([this.#turn(this.#ledger.take()), pause(PATIENCE_MS)]);
      }
    });
  }

  /** No further messages; resolves with the number of those that had no end within the time. */
  async stop(withinMs = 60_000) {
    this.#isStopping = true;
    await Promise.all(this.#working);
    const giveUp = performance.now() + withinMs;
    while (this.unsettled > 0 && performance.now() < giveUp) await pause(10);
    this.#hasGivenUp = true;
    return this.unsettled;
  }

  /**
   * One more turn in a conversation; false when it does not succeed in time.
   *
   * @param {import("./ledger.mjs").Conversation} conversation
   */
  async canContinue(conversation, withinMs = 40_000) {
    const entry = this.#ledger.write(conversation, newKey());
    const giveUp = performance.now() + withinMs;
    for (let attempt = 1; performance.now() < giveUp; attempt += 1) {
      if (await this.#attempt(conversation, entry, attempt)) return entry.answer !== undefined;
      await pause(PAUSE_MS);
    }
    return false;
  }

  /** @param {import("./ledger.mjs").Conversation} conversation */
  async #turn(conversation) {
    const entry = this.#ledger.write(conversation, newKey());
    this.unsettled += 1;
    for (let attempt = 1; !(await this.#attempt(conversation, entry, attempt)); attempt += 1) {
      if (this.#hasGivenUp) return;
      if (attempt === 1) this.#ledger.interrupted += 1;
      await pause(PAUSE_MS);
    }
    this.unsettled -= 1;
    this.#ledger.release(conversation);
  }

  /**
   * Sends a message once; true when its end is known.
   *
   * @param {import("./ledger.mjs").Conversation} conversation
   * @param {import("./audit.mjs").Entry} entry
   * @param {number} attempt
   */
  async #attempt(conversation, entry, attempt) {
    const from = performance.now();
    const answer = await this.#ask(conversation, entry);
    const isLost = answer instanceof LostAnswer || isFromProxy(answer);
    const code = isLost ? "lost" : answer.success ? "success" : (answer.code ?? "none");
    this.#ledger.count(code);
    const to = performance.now();
    this.#onExchange({
      from,
      to,
      attempt,
      code,
      ...(!(answer instanceof LostAnswer) && { answer }),
    });
    if (answer.visitor !== undefined) conversation.visitor = answer.visitor;
    if (answer instanceof LostAnswer || isLost) return false;
    if (!answer.success) return !RETRYABLE.includes(code);

    if (answer.conversationId !== null) conversation.id ??= answer.conversationId;
    entry.answer = answer.text;
    return true;
  }

  /**
   * @param {import("./ledger.mjs").Conversation} conversation
   * @param {import("./audit.mjs").Entry} entry
   */
  async #ask({ visitor }, { key, message }) {
    try {
      return await ask(this.#origin, message, { key, visitor, streams: Math.random() < 0.5 });
    } catch (error) {
      if (error instanceof LostAnswer) return error;
      throw error;
    }
  }
}

/**
 * A proxy that reached no server says so in words of its own.
 *
 * @param {import("../rig/chat.mjs").Answer} answer
 */
function isFromProxy({ status }) {
  return status === 502;
}

function newKey() {
  return randomBytes(16).toString("base64url");
}
