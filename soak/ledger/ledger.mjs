import { readTranscript } from "../rig/chat.mjs";
import { forEachAtOnce, pause } from "../rig/wait.mjs";
import { auditTranscript, noFindings } from "./audit.mjs";

/**
 * A conversation as its visitor knows it.
 *
 * @typedef {{ id?: number, visitor?: string, entries: import("./audit.mjs").Entry[], isBusy: boolean, isAudited: boolean }} Conversation
 */

const TURNS_EACH = 12;
const MOST_TRIES = 10;
const PAUSE_MS = 1_000;

/** What visitors were told, to be held against what the server still knows. */
export class Ledger {
  /** @type {Conversation[]} */
  conversations = [];
  findings = noFindings();
  /** Answers by code, `success` among them. @type {Map<string, number>} */
  told = new Map();
  /** Messages that had to be sent again. */
  interrupted = 0;
  /** Conversations that may be continued, the least recently used first. @type {Conversation[]} */
  #open = [];
  #questions = 0;

  /** A conversation for one turn, sometimes a new one. Give it back by `release`. */
  take() {
    const known = this.#open.length >= 8 && Math.random() < 0.9 ? this.#takeOpen() : undefined;
    const conversation = known ?? this.#begin();
    conversation.isBusy = true;
    conversation.isAudited = false;
    return conversation;
  }

  /** @param {Conversation} conversation */
  release(conversation) {
    conversation.isBusy = false;
    if (conversation.entries.length < TURNS_EACH) this.#open.push(conversation);
  }

  /**
   * A question that nobody has asked before, in a message that stays the same when it is sent again.
   *
   * @param {Conversation} conversation
   * @param {string} key
   * @returns {import("./audit.mjs").Entry}
   */
  write(conversation, key) {
    const text = `Question ${++this.#questions}`;
    const entry = {
      key,
      message: { text, ...(conversation.id !== undefined && { conversation_id: conversation.id }) },
    };
    conversation.entries.push(entry);
    return entry;
  }

  /** Answers that were acknowledged. */
  get acknowledged() {
    return this.told.get("success") ?? 0;
  }

  /** @param {string} code */
  count(code) {
    this.told.set(code, (this.told.get(code) ?? 0) + 1);
  }

  /** Answers that no fault excuses. */
  get refusals() {
    const excused = ["success", "unavailable", "turn_in_progress", "lost"];
    return [...this.told].reduce((sum, [code, n]) => (excused.includes(code) ? sum : sum + n), 0);
  }

  /**
   * Reads the transcripts of conversations that nobody uses at the moment.
   *
   * @param {string} origin
   * @param {(conversation: Conversation) => boolean} which
   */
  async audit(origin, which = ({ isAudited }) => !isAudited) {
    await forEachAtOnce(this.conversations.filter(which), 4, async (conversation) => {
      if (conversation.isBusy || conversation.id === undefined) return;
      conversation.isBusy = true;
      try {
        const messages = await read(origin, conversation.id, conversation.visitor);
        auditTranscript(conversation.entries, messages, this.findings);
        conversation.isAudited = true;
      } finally {
        conversation.isBusy = false;
      }
    });
  }

  #takeOpen() {
    const index = this.#open.findIndex(({ isBusy }) => !isBusy);
    return index < 0 ? undefined : this.#open.splice(index, 1)[0];
  }

  #begin() {
    /** @type {Conversation} */
    const conversation = { entries: [], isBusy: true, isAudited: false };
    this.conversations.push(conversation);
    return conversation;
  }
}

/**
 * Reads a transcript as a client would: again when the database has just been killed.
 *
 * @param {string} origin
 * @param {number} id
 * @param {string | undefined} visitor
 */
async function read(origin, id, visitor) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await readTranscript(origin, id, visitor);
    } catch (error) {
      if (tries === MOST_TRIES || !String(error).includes("503")) throw error;
      await pause(PAUSE_MS);
    }
  }
}
