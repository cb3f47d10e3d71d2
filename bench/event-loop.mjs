import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Agent, request } from "undici";
import { startOrcha, startScript } from "./processes.mjs";

/**
 * How late the server's event loop comes while it answers 200 turns a second, each with retrieval: with nothing else to do,
 * which is the baseline, and while it indexes a
 * document of 10,000 chunks, which takes longer than the measurement.
 *
 * @typedef {{ p50: number, p99: number, max: number }} Delay in ms
 * @typedef {{ delay: Delay, turnsPerSecond: number, failed: number, seconds: number }} Phase
 */

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PROBE = fileURLToPath(new URL("event-loop-probe.mjs", import.meta.url));
const TURNS_PER_SECOND = 200;
const CHUNKS = 10_000;
const VOCABULARY = 5_000;
const BASELINE_MS = 10_000;
const INDEXING_MS = 30_000;
const GOAL_P99_MS = 30;

mkdirSync(join(ROOT, "data"), { recursive: true });
const folder = mkdtempSync(join(ROOT, "data/bench-"));
const delayFile = join(folder, "delay.json");
try {
  const result = await measure();
  const file = join(ROOT, "bench/results/event-loop.json");
  writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
  console.log(result);
  process.exitCode = result.passed ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure() {
  const documents = join(folder, "documents");
  mkdirSync(documents);
  writeFileSync(join(documents, "small.md"), article(0));
  const model = await startScript("scripted-model.mjs");
  const orcha = await startOrcha(folder, model.origin, {
    NODE_OPTIONS: `--import ${PROBE}`,
    EVENT_LOOP_FILE: delayFile,
    ORCHA_KNOWLEDGE_DIR: documents,
    ORCHA_KNOWLEDGE_RESCAN_SECONDS: "1",
  });
  try {
    const wait = (/** @type {number} */ ms) => new Promise((resolve) => setTimeout(resolve, ms));
    await load(orcha, wait(3_000));
    const idle = await load(orcha, wait(BASELINE_MS));
    writeFileSync(
      join(documents, "large.md"),
      Array.from({ length: CHUNKS }, (_, at) => article(at + 1)).join("\n"),
    );
    const indexing = await load(orcha, wait(INDEXING_MS));
    if (await isIndexed(orcha.origin)) throw new Error("The document was too small");
    return {
      measuredAt: new Date().toISOString(),
      cores: cpus().length,
      node: process.versions.node,
      chunks: CHUNKS,
      goal: { turnsPerSecond: TURNS_PER_SECOND, p99Ms: GOAL_P99_MS },
      idle,
      indexing,
      passed: indexing.delay.p99 < GOAL_P99_MS && indexing.failed + idle.failed === 0,
    };
  } finally {
    await orcha.stop();
    await model.stop();
  }
}

/**
 * A section that becomes one chunk: 110 words as often as words are in a language, and one of its own.
 *
 * @param {number} number
 */
function article(number) {
  const words = Array.from({ length: 110 }, (_, at) => word(number * 110 + at));
  return `## About ${words[0]} and ${words[1]}\n\n${words.join(" ")} marker${number}.\n`;
}

/**
 * One of 5,000 made-up words, by Zipf's law; the same for the same number.
 *
 * @param {number} number
 */
function word(number) {
  const random = ((Math.imul(number + 1, 2_654_435_761) >>> 0) + 1) / 2 ** 32;
  const rank = Math.floor(VOCABULARY ** random);
  const syllables = [
    "ba",
    "cor",
    "den",
    "fi",
    "gul",
    "ham",
    "jo",
    "kel",
    "lim",
    "mar",
    "nu",
    "pol",
  ];
  let text = "";
  for (let left = rank + 12; left > 0; left = Math.floor(left / 12)) text += syllables[left % 12];
  return text;
}

/**
 * Sends turns at their times, whether or not the earlier ones are answered, until the promise is kept.
 *
 * @param {import("./processes.mjs").ServerProcess} server
 * @param {Promise<unknown>} over
 * @returns {Promise<Phase>}
 */
async function load(server, over) {
  const agent = new Agent({ connections: 256 });
  let isOver = false;
  void over.then(() => {
    isOver = true;
  });
  await readDelay(server);
  const started = performance.now();
  /** @type {Promise<boolean>[]} */
  const turns = [];
  while (!isOver) {
    const due = ((performance.now() - started) * TURNS_PER_SECOND) / 1_000;
    while (turns.length < due) turns.push(ask(server.origin, agent, turns.length));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const answers = await Promise.all(turns);
  const seconds = (performance.now() - started) / 1_000;
  const delay = await readDelay(server);
  await agent.close();
  return {
    delay,
    turnsPerSecond: Math.round(turns.length / seconds),
    failed: answers.filter((answered) => !answered).length,
    seconds: Math.round(seconds * 10) / 10,
  };
}

/**
 * @param {string} origin
 * @param {Agent} dispatcher
 * @param {number} turn
 */
async function ask(origin, dispatcher, turn) {
  const { body } = await request(`${origin}/api/v1/orcha/chat-v2`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ text: `What of ${word(turn)} and ${word(turn * 7)}?`, use_rag: true }),
    dispatcher,
  });
  return /** @type {{ success: boolean }} */ (await body.json()).success;
}

/**
 * What the probe has measured since it was last asked.
 *
 * @param {import("./processes.mjs").ServerProcess} server
 * @returns {Promise<Delay>}
 */
async function readDelay(server) {
  rmSync(delayFile, { force: true });
  process.kill(server.pid, "SIGUSR2");
  while (!existsSync(delayFile)) await new Promise((resolve) => setTimeout(resolve, 10));
  const round = (/** @type {number} */ ms) => Math.round(ms * 10) / 10;
  const { p50, p99, max } = JSON.parse(readFileSync(delayFile, "utf8"));
  return { p50: round(p50), p99: round(p99), max: round(max) };
}

/**
 * Whether the last section of the large document is found already.
 *
 * @param {string} origin
 */
async function isIndexed(origin) {
  const response = await fetch(`${origin}/api/v1/orcha/chat-v2`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ text: `marker${CHUNKS}`, use_rag: true }),
  });
  const answer = /** @type {import("@orcha/contract").ChatResponse} */ (await response.json());
  return answer.data.contexts?.some(({ text }) => text.includes(`marker${CHUNKS}.`)) ?? false;
}
