import { ask, readTranscript } from "../rig/chat.mjs";
import { statusOf } from "../rig/orcha-process.mjs";
import { pause } from "../rig/wait.mjs";
import { largest } from "../verdict.mjs";

/**
 * @typedef {import("../ledger/writers.mjs").Exchange} Exchange
 * @typedef {import("./database-faults.mjs").DatabaseFault} DatabaseFault
 * @typedef {{ fault: DatabaseFault, from: number, to: number }} Window
 */

/** A turn that was acknowledged so soon after the fault began may have been kept before it. */
const GRACE_MS = 100;
const ANSWER_WITHIN_MS = 3_000;

/** What visitors meet while a database fault lasts. */
export class FaultWatch {
  /** @type {string[]} */
  evidence = [];
  #origin;
  #counts = { noEnvelope: 0, brokenFollowers: 0, falselyReady: 0, acknowledgedWhileAway: 0 };
  /** @type {number[]} */
  #answerMs = [];
  /** @type {number[]} */
  #readMs = [];
  /** @type {Window[]} */
  #windows = [];
  /** @type {{ id: number, visitor: string | undefined }} */
  #known = { id: 0, visitor: undefined };

  /** @param {string} origin */
  constructor(origin) {
    this.#origin = origin;
  }

  /** Makes the conversation that is read while the database is in trouble. */
  async prepare() {
    const { conversationId, visitor } = await ask(this.#origin, { text: "Hello" });
    this.#known = { id: conversationId ?? 0, visitor };
  }

  /** @param {Exchange} exchange */
  note({ from, to, code, attempt, answer }) {
    const window = this.#windowOf(from, to);
    if (!window) return;
    const { fault } = window;
    // A repeat may rightly wait for the turn that it repeats.
    if (attempt === 1) this.#time(this.#answerMs, "answer", window, from, to);
    if (code === "lost" && attempt > 1) {
      // A stream that follows a turn may break off: its reader resumes.
      this.#counts.brokenFollowers += 1;
    } else if (code === "lost" || !answer?.isEnvelope) {
      const about = `attempt ${attempt}, after ${Math.round(to - from)} ms`;
      this.#count("noEnvelope", fault, `${about}: ${answer?.body ?? code}`);
    }
    const isInside = from > window.from + GRACE_MS && to < window.to;
    if (fault.isAway && isInside && code === "success") {
      this.#count("acknowledgedWhileAway", fault, `after ${Math.round(from - window.from)} ms`);
    }
  }

  /**
   * @param {DatabaseFault} fault
   * @param {number} ms
   */
  async during(fault, ms) {
    await fault.begin();
    const window = { fault, from: performance.now(), to: Number.POSITIVE_INFINITY };
    this.#windows.push(window);
    const reads = [this.#ready(window), this.#read(window)];
    await pause(ms);
    window.to = performance.now();
    await fault.end();
    await Promise.all(reads);
  }

  figures() {
    return {
      slowestAnswerMs: largest(this.#answerMs),
      slowestReadMs: largest(this.#readMs),
      ...this.#counts,
    };
  }

  /** @param {Window} window */
  async #ready(window) {
    await pause(GRACE_MS);
    const from = performance.now();
    const status = await statusOf(`${this.#origin}/readyz`);
    this.#time(this.#readMs, "readyz", window, from, performance.now());
    if (window.fault.isUnreadable && status === 200) this.#count("falselyReady", window.fault, "");
  }

  /** @param {Window} window */
  async #read(window) {
    await pause(GRACE_MS);
    const from = performance.now();
    await readTranscript(this.#origin, this.#known.id, this.#known.visitor).catch(() => {});
    this.#time(this.#readMs, "transcript", window, from, performance.now());
  }

  /**
   * @param {number} from
   * @param {number} to
   */
  #windowOf(from, to) {
    return this.#windows.find((window) => from < window.to && to > window.from);
  }

  /**
   * Only the waiting since the fault began counts.
   *
   * @param {number[]} list
   * @param {string} what
   * @param {Window} window
   * @param {number} from
   * @param {number} to
   */
  #time(list, what, window, from, to) {
    const ms = Math.round(to - Math.max(from, window.from));
    list.push(ms);
    if (ms > ANSWER_WITHIN_MS) this.evidence.push(`${window.fault.name}: ${what} after ${ms} ms`);
  }

  /**
   * @param {"noEnvelope" | "falselyReady" | "acknowledgedWhileAway"} kind
   * @param {DatabaseFault} fault
   * @param {string} detail
   */
  #count(kind, fault, detail) {
    this.#counts[kind] += 1;
    this.evidence.push(`${kind}: ${fault.name}: ${detail.slice(0, 200)}`);
  }
}
