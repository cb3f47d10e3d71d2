import { randomBytes, randomInt } from "node:crypto";
import { connect } from "node:net";
import { ask, follow, newVisitor, readTranscript } from "../rig/chat.mjs";
import { LostAnswer } from "../rig/exchange.mjs";
import { cutAfter } from "../rig/tcp-proxy.mjs";
import { until } from "../rig/wait.mjs";

/**
 * @typedef {import("../rig/exchange.mjs").Answer} Answer
 * @typedef {import("../rig/frames.mjs").Frame} Frame
 * @typedef {"cuts" | "beforeTheFirstFrame" | "resumedWhileRunning" | "resumedAfterEnd" | "resumedElsewhere" | "otherTexts" | "gapsOrRepeats" | "failed"} CountName
 * @typedef {{ isOver: boolean, elsewhere: number }} Case isOver: the turn has ended before its reader comes back; elsewhere: 1 for another replica
 */

const WORDS = 60;
/** Characters of one to four bytes, so that cuts fall into the middle of them. */
const SAID = ["plain ", "naïve ", "日本語 ", "😀 ", '"quoted"\n', "👩‍👩‍👧 "];
/** The number of an event counts the UTF-16 units of the text up to it from here. */
const BEFORE_TEXT = 10;

/** Cuts streams at random bytes of the raw response, resumes them, and holds what was read against the record. */
export class CutStreams {
  /** @type {string[]} */
  evidence = [];
  /** @type {Record<CountName, number>} */
  counts = {
    cuts: 0,
    beforeTheFirstFrame: 0,
    resumedWhileRunning: 0,
    resumedAfterEnd: 0,
    resumedElsewhere: 0,
    otherTexts: 0,
    gapsOrRepeats: 0,
    failed: 0,
  };
  #rig;
  #model;
  #replicas;
  #bytes = 0;
  #begun = 0;

  /**
   * @param {import("../rig/rig.mjs").Rig} rig
   * @param {import("../rig/model-server.mjs").ModelServer} model
   * @param {import("../rig/replicas.mjs").Replicas} replicas
   */
  constructor(rig, model, replicas) {
    this.#rig = rig;
    this.#model = model;
    this.#replicas = replicas;
  }

  /**
   * Measures a whole response first.
   *
   * @param {import("../rig/rig.mjs").Rig} rig
   * @param {import("../rig/model-server.mjs").ModelServer} model
   * @param {import("../rig/replicas.mjs").Replicas} replicas
   */
  static async prepare(rig, model, replicas) {
    model.choose = () => async (reply) => {
      for (let word = 0; word < WORDS && !reply.isGone; word += 1) {
        await reply.say(SAID[word % SAID.length] ?? "");
        await new Promise((resolve) => setTimeout(resolve, 15));
      }
      reply.end();
    };
    const streams = new CutStreams(rig, model, replicas);
    streams.#bytes = await countBytes(replicas.at(0));
    return streams;
  }

  /**
   * @param {Case} one
   * @returns {Promise<void>}
   */
  async cutAndResume({ isOver, elsewhere }) {
    const number = this.#begun++;
    const first = this.#replicas.at(number);
    const second = this.#replicas.at(number + elsewhere);
    const proxy = await this.#rig.tcpProxy(first.port);
    const at = randomInt(1, this.#bytes);
    proxy.rule = cutAfter("down", () => at);
    const visitor = await newVisitor(first.origin);
    const sent = { text: `Cut ${number}`, key: randomBytes(16).toString("base64url"), visitor };

    /** @type {Frame[]} */
    const frames = [];
    const onFrame = (/** @type {Frame} */ frame) => void frames.push(frame);
    const lost = await ask(proxy.origin, sent, { ...sent, streams: true, onFrame }).catch(asLost);
    await proxy.refuse();
    // The few bytes after its last event are not missed.
    if (!(lost instanceof LostAnswer)) return this.cutAndResume({ isOver, elsewhere });
    this.counts.cuts += 1;
    const call = await until("Its call", 10_000, () =>
      this.#model.calls.find(({ question }) => question === sent.text),
    );
    if (isOver) await until("Its end", 30_000, () => call.closedAt);
    this.counts[call.closedAt === undefined ? "resumedWhileRunning" : "resumedAfterEnd"] += 1;
    if (first !== second) this.counts.resumedElsewhere += 1;

    const from = frames.length;
    const answer = await this.#resume(second.origin, lost, { ...sent, onFrame });
    if (answer?.success !== true) {
      this.#count("failed", `cut at ${at}: ${answer?.body}`);
      return;
    }
    // Without an id everything was told again.
    if (lost.lastEventId === undefined) frames.splice(0, from);
    await this.#compare(second.origin, frames, { answer, visitor, at });
  }

  /**
   * @param {string} origin
   * @param {LostAnswer} lost
   * @param {{ text: string, key: string, visitor: string, onFrame: (frame: Frame) => void }} sent
   * @returns {Promise<Answer | undefined>}
   */
  async #resume(origin, lost, { text, ...sent }) {
    const { turnId, lastEventId } = lost;
    try {
      if (turnId !== undefined) return await follow(origin, turnId, { ...sent, lastEventId });
      this.counts.beforeTheFirstFrame += 1;
      return await ask(origin, { text }, { ...sent, streams: true });
    } catch (error) {
      this.evidence.push(String(error instanceof Error ? error.cause : error));
      return undefined;
    }
  }

  /**
   * @param {string} origin
   * @param {readonly Frame[]} frames
   * @param {{ answer: Answer, visitor: string, at: number }} about
   */
  async #compare(origin, frames, { answer, visitor, at }) {
    let read = "";
    for (const { id, event, data } of frames) {
      if (event === "text-delta") read += JSON.parse(data).text;
      if (Number(id.split(":")[1]) === sequenceOf(event, read.length)) continue;
      this.#count("gapsOrRepeats", `cut at ${at}: ${event} ${id} after ${read.length} characters`);
    }
    const messages = await readTranscript(origin, answer.conversationId ?? 0, visitor);
    const kept = messages.at(-1)?.text;
    if (read !== kept || answer.text !== kept || messages.length !== 2) {
      this.#count("otherTexts", `cut at ${at}: "${read}" is kept as "${kept}"`);
    }
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

/**
 * The number that an event must have.
 *
 * @param {string} event
 * @param {number} length of the text up to it
 */
function sequenceOf(event, length) {
  if (event === "turn-start") return 1;
  return BEFORE_TEXT + length + (event === "text-delta" ? 0 : 1);
}

/**
 * How long a raw response is, its headers included.
 *
 * @param {import("../rig/orcha-process.mjs").OrchaProcess} server
 * @returns {Promise<number>}
 */
async function countBytes({ port, origin }) {
  const visitor = await newVisitor(origin);
  return new Promise((resolve, reject) => {
    const body = JSON.stringify({ text: "Cut 1" });
    const socket = connect(port, "127.0.0.1");
    let bytes = 0;
    socket.on("data", (piece) => (bytes += piece.length));
    socket.once("error", reject);
    socket.once("close", () => resolve(bytes));
    socket.write(
      `POST /api/v1/orcha/chat-v2 HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n` +
        `Content-Type: application/json\r\nX-Aura-Visitor: ${visitor}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    );
  });
}

/**
 * @param {unknown} error
 * @returns {LostAnswer}
 */
function asLost(error) {
  if (error instanceof LostAnswer) return error;
  throw error;
}
