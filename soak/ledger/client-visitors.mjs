/**
 * @typedef {import("../rig/client.mjs").Client} Client
 * @typedef {import("./ledger.mjs").Conversation} Conversation
 */

/** Visitors who write all the time through the project's own client, and leave it to the client to try again. */
export class ClientVisitors {
  turns = 0;
  failed = 0;
  /** Times that the client tried again. */
  retries = 0;
  longestMs = 0;
  /** @type {string[]} */
  evidence = [];
  #client;
  #origin;
  #ledger;
  /** @type {Promise<void>[]} */
  #working = [];
  #isStopping = false;

  /**
   * @param {Client} client
   * @param {string} origin
   * @param {import("./ledger.mjs").Ledger} ledger
   */
  constructor(client, origin, ledger) {
    this.#client = client;
    this.#origin = origin;
    this.#ledger = ledger;
  }

  /** @param {number} atOnce */
  start(atOnce) {
    this.#working = Array.from({ length: atOnce }, async (_, index) => {
      while (!this.#isStopping) await this.#turn((this.turns + index) % 2 === 0);
    });
  }

  /** No further messages; resolves when the last one has its end. */
  async stop() {
    this.#isStopping = true;
    await Promise.all(this.#working);
  }

  /** @param {boolean} streams */
  async #turn(streams) {
    const conversation = this.#ledger.take();
    const entry = this.#ledger.write(conversation, this.#client.createIdempotencyKey());
    const from = performance.now();
    this.turns += 1;
    try {
      const answer = await (streams ? this.#stream : this.#send)(
        this.#options(conversation, entry),
      );
      if (answer.id !== null) conversation.id ??= answer.id;
      entry.answer = answer.text;
      if (!answer.text.endsWith("end.")) throw new Error(`Not whole: "${answer.text}"`);
    } catch (error) {
      this.failed += 1;
      this.evidence.push(`"${entry.message.text}", streams ${streams}: ${error}`);
    }
    this.longestMs = Math.max(this.longestMs, Math.round(performance.now() - from));
    this.#ledger.release(conversation);
  }

  /**
   * @param {Conversation} conversation
   * @param {import("./audit.mjs").Entry} entry
   */
  #options(conversation, { key, message }) {
    return {
      apiBaseUrl: this.#origin,
      text: message.text,
      conversationId: message.conversation_id,
      idempotencyKey: key,
      visitor: conversation.visitor,
      onVisitor: (/** @type {string} */ secret) => {
        conversation.visitor = secret;
      },
      onRetry: () => {
        this.retries += 1;
      },
    };
  }

  /** @param {import("../../packages/client/src/index.ts").MessageOptions} options */
  #send = async (options) => {
    const { text, conversation_id: id } = await this.#client.sendOrchaMessage(options);
    return { text, id };
  };

  /** @param {import("../../packages/client/src/index.ts").MessageOptions} options */
  #stream = async (options) => {
    let read = "";
    for await (const { event, data } of this.#client.streamOrchaMessage(options)) {
      if (event === "turn-start") read = "";
      if (event === "text-delta") read += data.text;
      if (event === "turn-error") throw new Error(data.code);
      if (event !== "turn-end") continue;
      if (read !== data.data.text) throw new Error(`"${read}" was streamed of "${data.data.text}"`);
      return { text: data.data.text, id: data.data.conversation_id };
    }
    throw new Error("The stream had no end.");
  };
}
