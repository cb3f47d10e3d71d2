import { ask } from "../rig/chat.mjs";
import { canReadMemory, residentBytes, watchMemory } from "../rig/memory.mjs";
import {
  cutMidAnswer,
  endless,
  garbage,
  hang,
  hangAfterFirstToken,
  refuseWith,
} from "../rig/model-behaviours.mjs";
import { pause } from "../rig/wait.mjs";
import { atMost, largest } from "../verdict.mjs";
import { ModelFaultVisit } from "./model-fault-visit.mjs";

/**
 * @typedef {import("./model-fault-visit.mjs").Fault} Fault
 * @typedef {import("../rig/rig.mjs").Rig} Rig
 */

const SHORT_LIMITS = {
  ORCHA_MODEL_CONNECT_SECONDS: "1",
  ORCHA_MODEL_FIRST_TOKEN_SECONDS: "2",
  ORCHA_MODEL_IDLE_SECONDS: "2",
  ORCHA_FIRST_TOKEN_SECONDS: "3",
  ORCHA_JSON_ANSWER_SECONDS: "4",
  ORCHA_STREAM_ANSWER_SECONDS: "5",
};
const SECONDS = { short: { first: 3, whole: 5 }, full: { first: 20, whole: 120 } };
/** In short the machine does other things besides. */
const SLACK_MS = { short: 3_000, full: 500 };
const OUTAGE_MS = { short: 2_000, full: 500 };
/** Far more than ORCHA_MAX_ANSWER_TOKENS of any language take. */
const LONGEST_ANSWER_CHARS = 100_000;
const MB = 2 ** 20;

/** One after the other: each would open the breaker for the next. @type {readonly Fault[]} */
const QUICK = [
  { name: "bad request", behaviour: refuseWith(400), codes: ["model_unavailable"] },
  { name: "bad key", behaviour: refuseWith(401), codes: ["model_unavailable"] },
  { name: "no such model", behaviour: refuseWith(404), codes: ["model_unavailable"] },
  { name: "server error", behaviour: refuseWith(500), codes: ["model_unavailable"] },
  { name: "overloaded", behaviour: refuseWith(503), codes: ["model_unavailable"] },
  {
    name: "come back soon",
    behaviour: refuseWith(429, { "retry-after": "1" }),
    codes: ["model_unavailable"],
  },
  {
    name: "come back late",
    behaviour: refuseWith(429, { "retry-after": "60" }),
    codes: ["model_unavailable"],
  },
  { name: "cut", behaviour: cutMidAnswer(), codes: ["model_unavailable"] },
  { name: "garbage", behaviour: garbage(), codes: ["model_unavailable"] },
  { name: "empty answer", behaviour: (reply) => reply.end(), codes: ["model_unavailable"] },
];

/** Together: they only wait. @param {number} slowMs @returns {readonly Fault[]} */
const long = (slowMs) => [
  { name: "hangs", behaviour: hang(), codes: ["model_timeout"] },
  { name: "hangs in the middle", behaviour: hangAfterFirstToken(), codes: ["model_timeout"] },
  { name: "slow", behaviour: endless({ betweenMs: slowMs }), codes: ["model_timeout"] },
  { name: "endless", behaviour: endless(), codes: ["model_timeout", "success"] },
];

/** @type {import("../scenario.mjs").Scenario} */
export const modelFaultsAreContained = {
  promise: "R5",
  name: "a model's fault is contained",
  engines: ["sqlite"],
  async run(rig, { scale }) {
    const limits = SECONDS[scale];
    const [faults, outage] = await Promise.all([runFaults(rig, scale), runOutage(rig)]);
    return {
      figures: { ...faults.figures, ...outage },
      limits: {
        faults: { atLeast: 28 },
        ...atMost(limits.first * 1000 + SLACK_MS[scale], "firstTokenOrFailureMs"),
        ...atMost(limits.whole * 1000 + SLACK_MS[scale], "wholeAnswerMs"),
        ...atMost(0, "wrongCodes", "wrongFlags", "noEnvelope", "leaks", "unusableAfterwards"),
        ...atMost(LONGEST_ANSWER_CHARS, "longestAnswerChars"),
        ...(canReadMemory() && atMost(64, "endlessMemoryMb")),
        ...atMost(OUTAGE_MS[scale], "outageMs"),
        ...atMost(30_000, "recoveryMs"),
        outageTurns: { atLeast: 20 },
      },
      evidence: faults.evidence,
    };
  },
};

/**
 * @param {Rig} rig
 * @param {"short" | "full"} scale
 */
async function runFaults(rig, scale) {
  const model = await rig.model();
  const server = await rig.orcha(model, {
    env: { ...rig.sqlite("faults").env, ...(scale === "short" && SHORT_LIMITS) },
  });
  const visit = new ModelFaultVisit(server.origin, model);

  await visit.meet([
    { name: "refused connection", behaviour: hang(), codes: ["model_unavailable"], isAway: true },
  ]);
  for (const fault of QUICK) await visit.meet([fault]);
  await visit.meet(long(scale === "short" ? 1_500 : 12_000));

  const before = canReadMemory() ? residentBytes(server.pid) : 0;
  const memory = canReadMemory() ? watchMemory(server.pid) : undefined;
  const flood = endless({ token: "and so on ".repeat(100), betweenMs: 0 });
  await visit.meet([{ name: "flood", behaviour: flood, codes: ["model_timeout", "success"] }]);
  const figures = {
    ...visit.figures(),
    ...(memory && { endlessMemoryMb: Math.round((memory.stop() - before) / MB) }),
  };
  return { figures, evidence: visit.evidence };
}

/**
 * The model's server goes away and comes back.
 *
 * @param {Rig} rig
 */
async function runOutage(rig) {
  const model = await rig.model();
  const server = await rig.orcha(model, rig.sqlite("outage"));
  const turn = () => ask(server.origin, { text: "Is anybody there?" });
  await turn();

  await model.refuse();
  for (let failed = 0; failed < 3; failed += 1) await turn();
  /** @type {number[]} */
  const outageMs = [];
  for (let failed = 0; failed < 20; failed += 1) outageMs.push((await turn()).ms);

  await model.listen();
  const back = performance.now();
  while (!(await turn()).success && performance.now() - back < 40_000) await pause(100);
  return {
    outageTurns: outageMs.length,
    outageMs: largest(outageMs),
    recoveryMs: Math.round(performance.now() - back),
  };
}
