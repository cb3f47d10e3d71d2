import { ask, newVisitor, readTranscript, stopTurn } from "../rig/chat.mjs";
import { endless } from "../rig/model-behaviours.mjs";
import { pause, until } from "../rig/wait.mjs";

/** @typedef {import("../rig/model-server.mjs").ModelServer} ModelServer */

/**
 * Stops turns in the middle, by the server that runs them and by another one, and takes the time from the request until the
 * model's server sees its connection close.
 *
 * @param {ModelServer} model
 * @param {import("../rig/replicas.mjs").Replicas} replicas
 * @param {number} times
 */
export async function stopTurns(model, replicas, times) {
  /** @type {{ same: number[], other: number[], wrong: number, evidence: string[] }} */
  const found = { same: [], other: [], wrong: 0, evidence: [] };
  model.choose = () => endless({ token: "going on ", betweenMs: 10 });
  for (let index = 0; index < times; index += 1) {
    const runner = replicas.at(Math.floor(index / 2));
    const stopper = replicas.at(Math.floor(index / 2) + (index % 2));
    const { ms, problem } = await stopOne(model, runner.origin, stopper.origin, index);
    found[runner === stopper ? "same" : "other"].push(ms);
    if (problem === "") continue;
    found.wrong += 1;
    found.evidence.push(problem);
  }
  return found;
}

/**
 * @param {ModelServer} model
 * @param {string} origin of the server that runs the turn
 * @param {string} stopper of the one that is asked to stop it
 * @param {number} index
 */
async function stopOne(model, origin, stopper, index) {
  const visitor = await newVisitor(origin);
  const text = `Go on ${index}`;
  let turnId = 0;
  let pieces = 0;
  const answering = ask(
    origin,
    { text },
    {
      visitor,
      streams: true,
      onFrame: ({ id, event }) => {
        turnId = Number(id.split(":")[0]);
        if (event === "text-delta") pieces += 1;
      },
    },
  );
  await until("A first word", 10_000, () => pieces > 0);
  await pause(Math.random() * 150);
  const call = model.calls.find(({ question }) => question === text);

  const from = performance.now();
  const { status } = await stopTurn(stopper, turnId, visitor);
  const closedAt = await until("The model's socket", 10_000, () => call?.closedAt);
  const answer = await answering;
  const messages = await readTranscript(stopper, answer.conversationId ?? 0, visitor);
  const kept = messages.at(-1);
  const isRight =
    status === "stopped" &&
    answer.success &&
    answer.body.includes('"finish_reason":"stopped"') &&
    kept?.status === "stopped" &&
    kept.text === answer.text &&
    kept.text.startsWith("going on");
  const problem = `Stop ${index}: ${status}, ${kept?.status}, ${answer.body.slice(-300)}`;
  return { ms: Math.round(closedAt - from), problem: isRight ? "" : problem };
}
