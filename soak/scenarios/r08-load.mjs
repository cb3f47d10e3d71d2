import { ask, readTranscript } from "../rig/chat.mjs";
import { canReadMemory, residentBytes, watchMemory } from "../rig/memory.mjs";
import { answerAtPace } from "../rig/model-behaviours.mjs";
import { forEachAtOnce, pause, until } from "../rig/wait.mjs";
import { atMost, quantile } from "../verdict.mjs";

const STREAMS = 500;
const TOKEN_MS = 100;
const SECONDS = { short: 4, full: 60 };
/** In short the machine does other things besides. */
const OTHERS_WITHIN_MS = { short: 4_000, full: 1_000 };
const KB_PER_STREAM = { short: 192, full: 128 };
const KB = 1024;

/** @type {import("../scenario.mjs").Scenario} */
export const loadIsHeld = {
  promise: "R8",
  name: "500 streams at once are held, and others are served meanwhile",
  engines: ["sqlite", "postgres"],
  async run(rig, { engine, scale }) {
    const model = await rig.model();
    const storage = engine === "sqlite" ? rig.sqlite() : await rig.postgres();
    const server = await rig.orcha(model, storage);
    await warmUp(server.origin);
    const before = canReadMemory() ? residentBytes(server.pid) : 0;
    const memory = canReadMemory() ? watchMemory(server.pid) : undefined;

    const words = (SECONDS[scale] * 1000) / TOKEN_MS;
    model.choose = ({ question }) =>
      answerAtPace(question === "A long one" ? { words, betweenMs: TOKEN_MS } : {});
    const first = model.calls.length;
    const streams = Array.from({ length: STREAMS }, () =>
      ask(server.origin, { text: "A long one" }, { streams: true }),
    );
    const running = () => model.calls.slice(first).filter(({ closedAt }) => !closedAt).length;
    await until("All streams", 30_000, () => running() >= STREAMS);
    const others = new Others(server.origin);
    const atOnce = running();
    while (running() >= STREAMS) await others.visit();

    const answers = await Promise.all(streams);
    const peak = memory?.stop() ?? 0;
    const failed = answers.filter(({ success, text }) => !success || !text.endsWith("end."));
    return {
      figures: {
        atOnce,
        failedStreams: failed.length,
        firstTokenP50Ms: quantile(answers.map(firstTokenMs), 0.5),
        firstTokenP95Ms: quantile(answers.map(firstTokenMs), 0.95),
        otherRequests: others.ms.length,
        failedOthers: others.failed,
        otherP50Ms: quantile(others.ms, 0.5),
        otherP95Ms: quantile(others.ms, 0.95),
        ...(memory && { kbPerStream: Math.round((peak - before) / STREAMS / KB) }),
      },
      limits: {
        atOnce: { atLeast: STREAMS },
        otherRequests: { atLeast: SECONDS[scale] * 2 },
        ...atMost(0, "failedStreams", "failedOthers"),
        ...atMost(OTHERS_WITHIN_MS[scale], "otherP95Ms"),
        ...(memory && atMost(KB_PER_STREAM[scale], "kbPerStream")),
      },
      evidence: failed.slice(0, 5).map(({ status, body }) => `${status} ${body.slice(-300)}`),
    };
  },
};

/** So that memory which any use takes once is not counted. @param {string} origin */
async function warmUp(origin) {
  const turns = Array.from({ length: 300 }, (_, index) => index);
  await forEachAtOnce(turns, 30, (turn) =>
    ask(origin, { text: "Warm up" }, { streams: turn % 2 === 0 }),
  );
}

/** People who come while the streams run. */
class Others {
  /** @type {number[]} */
  ms = [];
  failed = 0;
  #origin;

  /** @param {string} origin */
  constructor(origin) {
    this.#origin = origin;
  }

  /** A short turn, then its transcript; twice at the same time. */
  async visit() {
    const one = async (/** @type {boolean} */ streams) => {
      const answer = await ask(this.#origin, { text: "A short one" }, { streams });
      this.ms.push(answer.ms);
      if (!answer.success || answer.conversationId === null) {
        this.failed += 1;
        return;
      }
      const from = performance.now();
      const read = await readTranscript(this.#origin, answer.conversationId, answer.visitor);
      this.ms.push(performance.now() - from);
      if (read.length !== 2) this.failed += 1;
    };
    await Promise.all([one(true), one(false)]);
    await pause(100);
  }
}

/** @param {import("../rig/chat.mjs").Answer} answer */
function firstTokenMs({ firstTokenMs: ms }) {
  return ms ?? Number.NaN;
}
