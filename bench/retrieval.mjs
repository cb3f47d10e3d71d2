import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/**
 * How well questions about the shipped documents are answered by the built server without a language model. A question
 * counts as found by its first context from an acceptable file, and as answered when the answer holds one of its phrases.
 * The held-out half must not be looked at while the ranking is tuned. With --verbose it names what went wrong.
 *
 * @typedef {{ question: string, after?: string[], sources: string[], says: string[] }} Question
 * @typedef {{ questions: Question[], offTopic: string[] }} Part
 * @typedef {{ text: string, conversation_id: number, contexts: { source: string }[] }} Answer
 */

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const REFUSAL = "hold no answer";
const verbose = process.argv.includes("--verbose");

const folder = mkdtempSync(join(tmpdir(), "orcha-retrieval-"));
const server = spawn(
  process.execPath,
  [join(ROOT, "dist/orcha.js"), "serve", "--knowledge", join(ROOT, "docs")],
  {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      PATH: process.env.PATH,
      HOST: "127.0.0.1",
      PORT: "0",
      ORCHA_DATA_DIR: folder,
      ORCHA_RATE_LIMITS: "off",
    },
  },
);
const exited = once(server, "exit");
try {
  const origin = await documentsRead();
  /** @type {Record<string, Part>} */
  const parts = JSON.parse(readFileSync(join(ROOT, "bench/retrieval-questions.json"), "utf8"));
  const rows = [];
  for (const [name, part] of Object.entries(parts)) rows.push(await measure(origin, name, part));
  console.table(rows);
} finally {
  server.kill("SIGTERM");
  await exited;
  rmSync(folder, { recursive: true, force: true });
}

/** Waits until the server has read the documents and gives its address. */
async function documentsRead() {
  let origin = "";
  for await (const line of createInterface({ input: server.stdout })) {
    const { msg, url, skipped } = JSON.parse(line);
    if (msg === "Ready") origin = url;
    if (origin && skipped) break;
  }
  if (!origin) throw new Error("The server did not start.");
  server.stdout.resume();
  return origin;
}

/**
 * @param {string} origin
 * @param {string} name
 * @param {Part} part
 */
async function measure(origin, name, { questions, offTopic }) {
  /** @type {number[]} */
  const ranks = [];
  let answered = 0;
  for (const { question, after = [], sources, says } of questions) {
    const { text, contexts } = await ask(origin, [...after, question]);
    const rank = contexts.findIndex(({ source }) => sources.includes(source)) + 1;
    const isAnswered = says.some((words) => text.includes(words));
    ranks.push(rank);
    answered += isAnswered ? 1 : 0;
    if (verbose && rank !== 1) console.log(`${question}: found at ${rank || "no"} place`);
    if (verbose && !isAnswered) console.log(`${question}: answered with\n${text}\n`);
  }

  let refused = 0;
  for (const question of offTopic) {
    const { text } = await ask(origin, [question]);
    if (text.includes(REFUSAL)) refused += 1;
    else if (verbose) console.log(`${question}: not refused but answered with\n${text}\n`);
  }
  const within = (/** @type {number} */ most) =>
    ranks.filter((rank) => rank > 0 && rank <= most).length;
  const reciprocal = ranks.reduce((sum, rank) => sum + (rank ? 1 / rank : 0), 0);
  return {
    part: name,
    questions: ranks.length,
    "hit@1": within(1),
    "hit@3": within(3),
    MRR: Math.round((reciprocal / ranks.length) * 1_000) / 1_000,
    answered,
    "off topic refused": `${refused} of ${offTopic.length}`,
  };
}

/**
 * Says one message after the other in a conversation; the last answer counts.
 *
 * @param {string} origin
 * @param {string[]} messages
 * @returns {Promise<Answer>}
 */
async function ask(origin, messages) {
  /** @type {Answer | undefined} */
  let answer;
  for (const text of messages) {
    const response = await fetch(`${origin}/api/v1/orcha/chat-v2`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text, use_rag: true, conversation_id: answer?.conversation_id }),
    });
    const { success, message, data } = await response.json();
    if (!success) throw new Error(message);
    answer = data;
  }
  if (!answer) throw new Error("Nothing was asked.");
  return answer;
}
