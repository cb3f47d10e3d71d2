import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { ask, readTranscript } from "../rig/chat.mjs";
import { canReadMemory, residentBytes, watchMemory } from "../rig/memory.mjs";
import { answerAtPace, bulk } from "../rig/model-behaviours.mjs";
import { statusOf } from "../rig/orcha-process.mjs";
import { forEachAtOnce, pause, until } from "../rig/wait.mjs";
import { atMost, largest, quantile } from "../verdict.mjs";

const READERS = 50;
/** Of the readers: so many get more than all buffers on the way hold. */
const FLOODED = 5;
const HALF_SENT = 300;
const HEADERS_WITHIN_MS = 10_000;
const REQUEST_WITHIN_MS = 20_000;
/** The server looks once a second; in short the machine does other things besides. */
const SLACK_MS = { short: 8_000, full: 2_500 };
const ANSWERED_WITHIN_MS = { short: 5_000, full: 1_000 };
const TOKEN = "many words, 多くの言葉 ".repeat(300);
const TOKENS = { flooded: 140, others: 2 };
/** As long as answers may be at all. */
const LONGEST_ANSWERS = { ORCHA_MAX_ANSWER_TOKENS: "100000" };
const MB = 2 ** 20;

/** @type {import("../scenario.mjs").Scenario} */
export const slowReadersAreHarmless = {
  promise: "R9",
  name: "readers that never read and half-sent requests harm nobody",
  engines: ["sqlite"],
  async run(rig, { scale }) {
    const model = await rig.model();
    const server = await rig.orcha(model, {
      env: { ...rig.sqlite().env, ...LONGEST_ANSWERS },
    });
    await warmUp(server.origin);
    const before = canReadMemory() ? residentBytes(server.pid) : 0;
    const memory = canReadMemory() ? watchMemory(server.pid) : undefined;

    model.choose = ({ question }) => {
      const times = timesOf(question);
      return times > 0 ? bulk({ token: TOKEN, times, betweenMs: 10 }) : answerAtPace();
    };
    const readers = Array.from({ length: READERS }, (_, index) =>
      deafReader(server.port, index < FLOODED ? `Flood ${index}` : `Big ${index}`),
    );
    const halfSent = Array.from({ length: HALF_SENT }, (_, index) =>
      halfRequest(server.port, index),
    );
    for (const socket of [...readers, ...halfSent].map((one) => one.socket)) {
      rig.defer(async () => socket.destroy());
    }

    const others = await serveOthers(server.origin, () => {
      const waiting = halfSent.filter(({ closedMs, isBody }) => closedMs === undefined && !isBody);
      return waiting.length > 0;
    });
    const bodies = halfSent.filter(({ isBody }) => isBody);
    if (scale === "full") {
      await until("Half-sent bodies", REQUEST_WITHIN_MS + SLACK_MS[scale], () =>
        bodies.every(({ closedMs }) => closedMs !== undefined),
      );
    }
    const peak = memory?.stop() ?? 0;
    const kept = await countKept(server.origin, readers);
    const heads = halfSent.filter(({ isBody }) => !isBody);
    return {
      figures: {
        readers: READERS,
        halfSent: HALF_SENT,
        requests: others.ms.length,
        failedRequests: others.failed,
        p95Ms: quantile(others.ms, 0.95),
        slowestMs: largest(others.ms),
        answersKept: kept,
        headersGivenUpMs: largest(heads.map(({ closedMs }) => closedMs ?? Number.NaN)),
        ...(scale === "full" && {
          bodiesGivenUpMs: largest(bodies.map(({ closedMs }) => closedMs ?? Number.NaN)),
        }),
        ...(memory && { memoryMb: Math.round((peak - before) / MB) }),
      },
      limits: {
        requests: { atLeast: 50 },
        answersKept: { atLeast: READERS },
        ...atMost(0, "failedRequests"),
        ...atMost(ANSWERED_WITHIN_MS[scale], "slowestMs"),
        ...atMost(HEADERS_WITHIN_MS + SLACK_MS[scale], "headersGivenUpMs"),
        ...(scale === "full" && atMost(REQUEST_WITHIN_MS + SLACK_MS[scale], "bodiesGivenUpMs")),
        ...(memory && atMost(256, "memoryMb")),
      },
    };
  },
};

/** A server that has just started is slow for reasons of its own. @param {string} origin */
async function warmUp(origin) {
  const turns = Array.from({ length: 100 }, (_, index) => index);
  await forEachAtOnce(turns, 10, () => ask(origin, { text: "Hello" }));
}

/**
 * Asks for a stream and never reads it.
 *
 * @param {number} port
 * @param {string} text
 */
function deafReader(port, text) {
  const key = randomBytes(16).toString("base64url");
  const body = JSON.stringify({ text });
  const socket = connect(port, "127.0.0.1").pause();
  socket.on("error", () => {});
  socket.write(
    `POST /api/v1/orcha/chat-v2 HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n` +
      `Content-Type: application/json\r\nIdempotency-Key: ${key}\r\n` +
      `Content-Length: ${body.length}\r\n\r\n${body}`,
  );
  return { socket, text, key };
}

const HALVES = [
  "",
  "POST /api/v1/orcha/chat-v2 HTTP/1.1\r\nHost: localhost\r\n",
  'POST /api/v1/orcha/chat-v2 HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"text":',
];

/**
 * Begins a request and never goes on.
 *
 * @param {number} port
 * @param {number} index
 */
function halfRequest(port, index) {
  const socket = connect(port, "127.0.0.1").resume();
  const started = performance.now();
  /** @type {{ socket: import("node:net").Socket, isBody: boolean, closedMs?: number }} */
  const half = { socket, isBody: index % HALVES.length === 2 };
  socket.on("error", () => {});
  socket.once("close", () => {
    half.closedMs = performance.now() - started;
  });
  socket.write(HALVES[index % HALVES.length] ?? "");
  return half;
}

/**
 * @param {string} origin
 * @param {() => boolean} goesOn
 */
async function serveOthers(origin, goesOn) {
  /** @type {number[]} */
  const ms = [];
  let failed = 0;
  const timed = async (/** @type {() => Promise<boolean>} */ request) => {
    const from = performance.now();
    if (!(await request())) failed += 1;
    ms.push(performance.now() - from);
  };
  while (goesOn()) {
    /** @type {import("../rig/chat.mjs").Answer | undefined} */
    let answer;
    await timed(async () => (await statusOf(`${origin}/readyz`)) === 200);
    await timed(async () => {
      answer = await ask(origin, { text: "A short one" }, { streams: ms.length % 2 === 0 });
      return answer.success;
    });
    await timed(async () => {
      const messages = await readTranscript(origin, answer?.conversationId ?? 0, answer?.visitor);
      return messages.length === 2;
    });
    await pause(50);
  }
  return { ms, failed };
}

/**
 * The answers that are whole although nobody read them, as a repeat of the message tells.
 *
 * @param {string} origin
 * @param {readonly { text: string, key: string }[]} readers
 */
async function countKept(origin, readers) {
  let kept = 0;
  for (const { text, key } of readers) {
    const answer = await ask(origin, { text }, { key });
    if (answer.success && answer.text.length === TOKEN.length * timesOf(text)) kept += 1;
  }
  return kept;
}

/**
 * How many tokens a reader is sent; none for others.
 *
 * @param {string} question
 */
function timesOf(question) {
  if (question.startsWith("Flood")) return TOKENS.flooded;
  return question.startsWith("Big") ? TOKENS.others : 0;
}
