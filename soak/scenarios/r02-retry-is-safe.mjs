import { randomBytes } from "node:crypto";
import { ask, newVisitor, readTranscript } from "../rig/chat.mjs";
import { answerAtPace } from "../rig/model-behaviours.mjs";
import { startReplicas } from "../rig/replicas.mjs";
import { atMost } from "../verdict.mjs";

/**
 * @typedef {import("../rig/chat.mjs").Answer} Answer
 * @typedef {"answers" | "failed" | "moreCalls" | "otherAnswers" | "otherTurns" | "otherSecrets" | "moreMessages"} CountName
 */

const AT_ONCE = 10;
const ROUNDS = { short: 6, full: 200 };

/** @type {import("../scenario.mjs").Scenario} */
export const retryIsSafe = {
  promise: "R2",
  name: "a message that is sent ten times at once is answered once",
  engines: ["sqlite", "postgres"],
  async run(rig, { engine, scale }) {
    const model = await rig.model();
    // Some answers are over before the last request is there, some last longer than all of them.
    model.choose = ({ number }) => answerAtPace({ firstMs: (number % 3) * 60, betweenMs: 5 });
    const replicas = await startReplicas(rig, model, { engine });
    const check = new RepeatCheck(model, replicas);
    for (let round = 0; round < ROUNDS[scale]; round += 1) {
      await check.round(round, round % 2 === 0);
    }
    return {
      figures: { rounds: ROUNDS[scale], atOnce: AT_ONCE, ...check.counts },
      limits: {
        // A new conversation, its second turn, and each once more when it is over.
        answers: { atLeast: ROUNDS[scale] * 2 * (AT_ONCE + 1) },
        ...atMost(0, "failed", "moreCalls", "otherAnswers", "otherTurns"),
        ...atMost(0, "otherSecrets", "moreMessages"),
      },
      evidence: check.evidence,
    };
  },
};

/** Sends messages many times at once and holds the answers against each other. */
class RepeatCheck {
  /** @type {string[]} */
  evidence = [];
  /** @type {Record<CountName, number>} */
  counts = {
    answers: 0,
    failed: 0,
    moreCalls: 0,
    otherAnswers: 0,
    otherTurns: 0,
    otherSecrets: 0,
    moreMessages: 0,
  };
  #model;
  #replicas;

  /**
   * @param {import("../rig/model-server.mjs").ModelServer} model
   * @param {import("../rig/replicas.mjs").Replicas} replicas
   */
  constructor(model, replicas) {
    this.#model = model;
    this.#replicas = replicas;
  }

  /**
   * A conversation of two messages.
   *
   * @param {number} round
   * @param {boolean} hasSecret false: the server hands the secret out, and always the same
   */
  async round(round, hasSecret) {
    const own = hasSecret ? await newVisitor(this.#replicas.at(round).origin) : undefined;
    const first = await this.#repeat({ text: `First ${round}` }, own);
    const visitor = own ?? first?.visitor;
    const id = first?.conversationId ?? null;
    await this.#repeat({ text: `Second ${round}`, conversation_id: id }, visitor);

    const messages = await readTranscript(this.#replicas.at(round).origin, id ?? 0, visitor);
    if (messages.length !== 4) this.#count("moreMessages", `${messages.length} in round ${round}`);
  }

  /**
   * @param {import("../rig/chat.mjs").Message} message
   * @param {string | undefined} visitor
   */
  async #repeat(message, visitor) {
    const key = randomBytes(16).toString("base64url");
    const send = (/** @type {number} */ index) =>
      ask(this.#replicas.at(index).origin, message, { key, visitor, streams: index % 4 < 2 });
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => send(index)));
    answers.push(await send(answers.length));

    const [first] = answers;
    for (const answer of answers) if (first) this.#compare(first, answer, message.text);
    const calls = this.#model.calls.filter(({ question }) => question === message.text);
    if (calls.length !== 1) this.#count("moreCalls", `${calls.length} for ${message.text}`);
    return first;
  }

  /**
   * @param {Answer} first
   * @param {Answer} answer
   * @param {string} about
   */
  #compare(first, answer, about) {
    this.counts.answers += 1;
    if (!answer.success) this.#count("failed", `${about}: ${answer.status} ${answer.body}`);
    if (answer.text !== first.text) this.#count("otherAnswers", `${about}: ${answer.text}`);
    const isSameTurn =
      answer.turnId === first.turnId && answer.conversationId === first.conversationId;
    if (!isSameTurn) this.#count("otherTurns", `${about}: ${answer.turnId}`);
    if (answer.visitor !== first.visitor) this.#count("otherSecrets", about);
  }

  /**
   * @param {CountName} kind
   * @param {string} detail
   */
  #count(kind, detail) {
    this.counts[kind] += 1;
    this.evidence.push(`${kind}: ${detail}`);
  }
}
