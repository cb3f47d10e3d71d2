import { setMaxListeners } from "node:events";
import { ask, newVisitor, readTranscript } from "../rig/chat.mjs";
import { forgetConnections } from "../rig/exchange.mjs";
import { heldBytes } from "../rig/heap.mjs";
import { canReadMemory } from "../rig/memory.mjs";
import { answerAtPace } from "../rig/model-behaviours.mjs";
import { openSockets } from "../rig/open-files.mjs";
import { forEachAtOnce, until } from "../rig/wait.mjs";

const PACE = { words: 40, betweenMs: 40 };
const MB = 2 ** 20;
const SOCKETS_WITHIN_MS = 15_000;
/** Of sockets to the database so many stay open. */
const POOL = 16;

/**
 * Lets many clients leave in the middle of their answers, all at once, wave after wave.
 *
 * @param {import("../rig/model-server.mjs").ModelServer} model
 * @param {import("../rig/replicas.mjs").Replicas} replicas
 * @param {{ clients: number, waves: number, heapFolder: string }} size
 */
export async function leaveAtOnce(model, replicas, { clients, waves, heapFolder }) {
  model.choose = () => answerAtPace(PACE);
  const server = replicas.at(0);
  const measured = canReadMemory();
  // Those to the model are kept for later calls; it tells itself how many there are.
  const sockets = () => openSockets(server.pid) - model.openSockets;
  const idle = measured ? sockets() + POOL : 0;
  // The first ones stay: memory that any use takes once is not counted.
  await Promise.all(
    Array.from({ length: clients }, () => ask(server.origin, { text: "Stay" }, { streams: true })),
  );
  const before = measured ? await heldBytes(server, heapFolder) : 0;

  const found = { left: 0, missing: 0, socketsKept: 0, socketsGivenBackMs: 0, memoryKeptMb: 0 };
  /** @type {string[]} */
  const evidence = [];
  for (let wave = 0; wave < waves; wave += 1) {
    const from = model.calls.length;
    const left = await leave(server.origin, clients);
    found.left += left.length;
    await forgetConnections();
    const over = performance.now();
    if (measured) found.socketsKept += Math.max(0, (await settled(sockets, idle)) - idle);
    found.socketsGivenBackMs = Math.max(
      found.socketsGivenBackMs,
      Math.round(performance.now() - over),
    );
    const closed = () => model.calls.slice(from).every(({ closedAt }) => closedAt !== undefined);
    await until("The model's answers", 30_000, closed);
    await forEachAtOnce(left, 8, async (turn) => {
      const problem = await findMissing(replicas.at(found.missing).origin, turn);
      if (problem === "") return;
      found.missing += 1;
      evidence.push(problem);
    });
  }
  if (measured) {
    found.memoryKeptMb = Math.round(((await heldBytes(server, heapFolder)) - before) / MB);
  }
  return { ...found, evidence };
}

/**
 * @typedef {{ conversationId: number, visitor: string }} LeftTurn
 * @param {string} origin
 * @param {number} clients
 */
async function leave(origin, clients) {
  const leaving = new AbortController();
  setMaxListeners(0, leaving.signal);
  /** @type {LeftTurn[]} */
  const begun = [];
  let speaking = 0;
  const streams = Array.from({ length: clients }, async () => {
    const visitor = await newVisitor(origin);
    let isSpeaking = false;
    await ask(
      origin,
      { text: "I shall leave" },
      {
        visitor,
        streams: true,
        signal: leaving.signal,
        onFrame: ({ event, data }) => {
          if (event === "turn-start") {
            begun.push({ conversationId: JSON.parse(data).conversation_id, visitor });
          }
          if (event !== "text-delta" || isSpeaking) return;
          isSpeaking = true;
          speaking += 1;
        },
      },
    ).catch(() => {});
  });
  await until("All answers to begin", 30_000, () => speaking === clients);
  leaving.abort();
  await Promise.all(streams);
  return begun;
}

/**
 * What is wrong with the record of an answer that nobody waited for.
 *
 * @param {string} origin
 * @param {LeftTurn} turn
 */
async function findMissing(origin, { conversationId, visitor }) {
  /** @type {import("../rig/chat.mjs").StoredMessage | undefined} */
  let answer;
  // The model has said the last word a moment before it is kept.
  await until("Its end", 10_000, async () => {
    answer = (await readTranscript(origin, conversationId, visitor)).at(-1);
    return answer?.status !== "pending";
  }).catch(() => {});
  const isWhole = answer?.status === "done" && answer.text.endsWith("end.");
  return isWhole ? "" : `Left: ${answer?.status} "${answer?.text}"`;
}

/**
 * The number of sockets once it is no higher than wanted, or has not come down in time.
 *
 * @param {() => number} count
 * @param {number} wanted
 */
async function settled(count, wanted) {
  let found = count();
  await until("Fewer sockets", SOCKETS_WITHIN_MS, () => {
    found = count();
    return found <= wanted;
  }).catch(() => {});
  return found;
}
