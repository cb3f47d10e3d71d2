import { randomBytes } from "node:crypto";
import { ask, follow, newVisitor, readTranscript } from "../rig/chat.mjs";
import { LostAnswer } from "../rig/exchange.mjs";
import { answerAtPace } from "../rig/model-behaviours.mjs";
import { statusOf } from "../rig/orcha-process.mjs";
import { until } from "../rig/wait.mjs";

/**
 * @typedef {import("../rig/rig.mjs").Rig} Rig
 * @typedef {import("../scenario.mjs").Engine} Engine
 * @typedef {{ key: string, text: string, visitor: string, answer: Promise<import("../rig/chat.mjs").Answer | LostAnswer> }} Asked
 */

/**
 * Stops a server whose running answers need less than the drain time.
 *
 * @param {Rig} rig
 * @param {Engine} engine
 * @param {number} answers
 */
export async function drain(rig, engine, answers) {
  const model = await rig.model();
  model.choose = () => answerAtPace({ words: 60, betweenMs: 25 });
  const storage = engine === "sqlite" ? rig.sqlite(newName()) : await rig.postgres();
  const server = await rig.orcha(model, storage);
  const asked = await askAll(server.origin, model, answers);

  const from = performance.now();
  const stopped = server.stop();
  // A new connection is refused, which every balancer understands; on one that is open 503 is told.
  await until("Not ready", 10_000, async () => (await statusOf(`${server.origin}/readyz`)) !== 200);
  const notReadyMs = Math.round(performance.now() - from);
  const late = await ask(server.origin, { text: "Is it too late?" }).catch(orLost);
  const isRefused = late instanceof LostAnswer || late.code === "unavailable";

  const given = await Promise.all(asked.map(({ answer }) => answer));
  const unfinished = given.filter(
    (answer) => answer instanceof LostAnswer || !answer.success || !answer.text.endsWith("end."),
  );
  const exit = await stopped;
  return {
    figures: {
      running: asked.length,
      unfinished: unfinished.length,
      accepted: isRefused ? 0 : 1,
      notReadyMs,
      badExits: exit === 0 ? 0 : 1,
    },
    evidence: [
      ...unfinished.map((answer) => `Unfinished: ${JSON.stringify(answer)}`),
      ...(isRefused ? [] : [`Not refused: ${late.body}`]),
    ],
  };
}

/**
 * Stops a server whose running answers need more than the drain time, and goes on at another one.
 *
 * @param {Rig} rig
 * @param {Engine} engine
 * @param {number} answers
 */
export async function outliveDrain(rig, engine, answers) {
  const model = await rig.model();
  model.choose = ({ number }) =>
    number > answers ? answerAtPace() : answerAtPace({ words: 400, betweenMs: 25 });
  const storage = engine === "sqlite" ? rig.sqlite(newName()) : await rig.postgres();
  const server = await rig.orcha(model, { env: { ...storage.env, ORCHA_DRAIN_SECONDS: "1" } });
  const asked = await askAll(server.origin, model, answers);
  const exit = await server.stop();
  const other = await rig.orcha(model, storage);

  const figures = {
    cut: 0,
    notKept: 0,
    notResumed: 0,
    notRunAgain: 0,
    badExits: exit === 0 ? 0 : 1,
  };
  /** @type {string[]} */
  const evidence = [];
  for (const { answer, ...sent } of asked) {
    const cut = await answer;
    if (cut instanceof LostAnswer || !cut.success) figures.cut += 1;
    const after = await goOn(other.origin, cut, sent);
    if (!after.isKept) figures.notKept += 1;
    if (!after.isResumed) figures.notResumed += 1;
    if (!after.isRunAgain) figures.notRunAgain += 1;
    if (!after.isKept || !after.isResumed || !after.isRunAgain) evidence.push(after.about);
  }
  return { figures, evidence };
}

/**
 * What another server makes of a turn that was cut: it has what was said, tells it on, and runs it again.
 *
 * @param {string} origin
 * @param {import("../rig/chat.mjs").Answer | LostAnswer} cut
 * @param {Omit<Asked, "answer">} sent
 */
async function goOn(origin, cut, { key, text, visitor }) {
  const lastEventId = cut instanceof LostAnswer ? cut.lastEventId : undefined;
  const told = await follow(origin, cut.turnId ?? 0, { visitor, lastEventId });
  const [, kept] = await readTranscript(origin, told.conversationId ?? 0, visitor);
  const again = await ask(origin, { text }, { key, visitor });
  const messages = await readTranscript(origin, told.conversationId ?? 0, visitor);
  return {
    isKept: kept?.status === "failed" && kept.error?.code === "unavailable" && kept.text !== "",
    isResumed: told.code === "unavailable" && told.text === kept?.text,
    isRunAgain:
      again.success &&
      again.turnId === cut.turnId &&
      again.text.endsWith("end.") &&
      messages.length === 2 &&
      messages[1]?.text === again.text,
    about: JSON.stringify({ cut, told, kept, again, messages }).slice(0, 2_000),
  };
}

/**
 * Begins answers, half of them as streams, and resolves once the model has begun to say all of them.
 *
 * @param {string} origin
 * @param {import("../rig/model-server.mjs").ModelServer} model
 * @param {number} answers
 */
async function askAll(origin, model, answers) {
  /** @type {Asked[]} */
  const asked = [];
  for (let index = 0; index < answers; index += 1) {
    const visitor = await newVisitor(origin);
    const sent = { key: randomBytes(16).toString("base64url"), visitor };
    const text = `Before the restart ${index}`;
    const answer = ask(origin, { text }, { ...sent, streams: index % 2 === 0 }).catch(orLost);
    asked.push({ ...sent, text, answer });
  }
  await until("All answers to begin", 10_000, () => model.calls.length >= answers);
  return asked;
}

/**
 * @param {unknown} error
 * @returns {LostAnswer}
 */
function orLost(error) {
  if (error instanceof LostAnswer) return error;
  throw error;
}

function newName() {
  return `drain-${randomBytes(4).toString("hex")}`;
}
