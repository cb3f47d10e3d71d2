import { ask } from "../rig/chat.mjs";
import { answerAtPace, PROVIDER_WORDS } from "../rig/model-behaviours.mjs";
import { largest } from "../verdict.mjs";

/**
 * A fault, how the model behaves in it, and what the visitor may be told. `isAway`: nobody listens at its address.
 *
 * @typedef {{ name: string, behaviour: import("../rig/model-server.mjs").Behaviour, codes: readonly string[], isAway?: boolean }} Fault
 * @typedef {"faults" | "wrongCodes" | "wrongFlags" | "noEnvelope" | "leaks" | "unusableAfterwards"} CountName
 */

/** A visitor who meets faults, by JSON and by stream at once, and writes on in the same conversations. */
export class ModelFaultVisit {
  /** @type {string[]} */
  evidence = [];
  #origin;
  #model;
  /** @type {Record<CountName, number>} */
  #counts = {
    faults: 0,
    wrongCodes: 0,
    wrongFlags: 0,
    noEnvelope: 0,
    leaks: 0,
    unusableAfterwards: 0,
  };
  #longest = 0;
  /** @type {number[]} */
  #firstMs = [];
  /** @type {number[]} */
  #wholeMs = [];

  /**
   * @param {string} origin
   * @param {import("../rig/model-server.mjs").ModelServer} model
   */
  constructor(origin, model) {
    this.#origin = origin;
    this.#model = model;
  }

  figures() {
    return {
      ...this.#counts,
      firstTokenOrFailureMs: largest(this.#firstMs),
      wholeAnswerMs: largest(this.#wholeMs),
      longestAnswerChars: this.#longest,
    };
  }

  /** @param {readonly Fault[]} faults */
  async meet(faults) {
    this.#model.choose = ({ question }) =>
      faults.find(({ name }) => question === name)?.behaviour ?? answerAtPace();
    const cases = faults.flatMap((fault) => [
      { fault, streams: false },
      { fault, streams: true },
    ]);
    const begun = await Promise.all(cases.map(() => ask(this.#origin, { text: "Hello" })));

    const isAway = faults.some((fault) => fault.isAway);
    if (isAway) await this.#model.refuse();
    await Promise.all(
      cases.map(({ fault, streams }, index) =>
        this.#ask(fault, streams, begun[index]?.conversationId ?? null),
      ),
    );
    if (isAway) await this.#model.listen();
    for (const [index, { fault }] of cases.entries()) {
      await this.#goOn(fault, begun[index]?.conversationId ?? null);
    }
  }

  /**
   * @param {Fault} fault
   * @param {boolean} streams
   * @param {number | null} conversationId
   */
  async #ask(fault, streams, conversationId) {
    const message = { text: fault.name, conversation_id: conversationId };
    const answer = await ask(this.#origin, message, { streams });
    this.#counts.faults += 1;
    if (streams) this.#firstMs.push(answer.firstTokenMs ?? answer.ms);
    this.#wholeMs.push(answer.ms);
    const wrong = (/** @type {CountName} */ kind) => {
      this.#counts[kind] += 1;
      this.evidence.push(`${kind}: ${fault.name}: ${answer.status} ${answer.body.slice(0, 300)}`);
    };
    this.#longest = Math.max(this.#longest, answer.text.length);
    const code = answer.success ? "success" : (answer.code ?? "none");
    if (!fault.codes.includes(code) || answer.status !== 200) wrong("wrongCodes");
    if (streams && !answer.success && answer.retryable !== true) wrong("wrongFlags");
    if (!answer.isEnvelope) wrong("noEnvelope");
    if (answer.body.includes(PROVIDER_WORDS)) wrong("leaks");
  }

  /**
   * @param {Fault} fault
   * @param {number | null} conversationId
   */
  async #goOn(fault, conversationId) {
    const next = await ask(this.#origin, { text: "And now?", conversation_id: conversationId });
    if (next.success) return;
    this.#counts.unusableAfterwards += 1;
    this.evidence.push(`unusable after ${fault.name}: ${next.body}`);
  }
}
