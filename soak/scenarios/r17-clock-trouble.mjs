import { randomBytes } from "node:crypto";
import { Ledger } from "../ledger/ledger.mjs";
import { Writers } from "../ledger/writers.mjs";
import { ask, newVisitor } from "../rig/chat.mjs";
import { answerAtPace } from "../rig/model-behaviours.mjs";
import { startSkewed } from "../rig/skewed-server.mjs";
import { forEachAtOnce, pause } from "../rig/wait.mjs";
import { atMost } from "../verdict.mjs";

/**
 * @typedef {import("../rig/rig.mjs").Rig} Rig
 * @typedef {Awaited<ReturnType<typeof startSkewed>>} Skewed
 */

const WRITERS = 6;
const JUMPS = { short: 8, full: 120 };
const SKEW_MS = 90_000;
const HOUR_MS = 3_600_000;
/** In full longer than a turn whose process says nothing is believed to run. */
const LONG_ANSWER_MS = { short: 4_000, full: 20_000 };
const WORD_MS = 50;

/** @type {import("../scenario.mjs").Scenario} */
export const clocksDecideNothing = {
  promise: "R17",
  name: "wrong clocks and clocks that jump change nothing",
  engines: ["sqlite", "postgres"],
  async run(rig, { engine, scale }) {
    const model = await rig.model();
    const words = LONG_ANSWER_MS[scale] / WORD_MS;
    model.choose = ({ number, question }) =>
      question.startsWith("Long")
        ? answerAtPace({ words, betweenMs: WORD_MS })
        : answerAtPace({ words: number % 20, firstMs: 3, betweenMs: 2 });
    const { storage, servers } = await startAll(rig, model, engine);
    const [first, last = first] = [servers[0], servers.at(-1)];
    if (!first || !last) throw new Error("No server");
    const balancer = await rig.balancer(servers.map(({ server }) => server.port));
    const ledger = new Ledger();
    const writers = new Writers(balancer.origin, ledger);
    writers.start(WRITERS);
    rig.defer(() => writers.stop(0));

    const repeats = { repeats: 0, otherTurns: 0, moreCalls: 0, longAnswersLost: 0 };
    const long = Array.from({ length: 8 }, (_, index) =>
      ask(balancer.origin, { text: `Long ${index}` }, { streams: index % 2 === 0 }),
    );
    for (let jump = 0; jump < JUMPS[scale]; jump += 1) {
      const send = await prepareMessage(first.server.origin, `Across jump ${jump}`);
      const before = jump % 2 === 0 ? await send(first.server.origin) : undefined;
      const running = before ?? send(first.server.origin);
      const moved = servers[jump % servers.length];
      moved?.setClock([HOUR_MS, -HOUR_MS, 0][jump % 3] ?? 0);
      await pause(20);
      const [one, two] = [await running, await send(last.server.origin)];
      repeats.repeats += 1;
      if (!one.success || two.turnId !== one.turnId || two.text !== one.text) {
        repeats.otherTurns += 1;
      }
      const asked = model.calls.filter(({ question }) => question === `Across jump ${jump}`);
      if (asked.length !== 1) repeats.moreCalls += 1;
      await pause(200);
    }
    for (const answer of await Promise.all(long)) {
      if (!answer.success || !answer.text.endsWith("end.")) repeats.longAnswersLost += 1;
    }

    const unsettled = await writers.stop();
    let stuck = 0;
    await forEachAtOnce(ledger.conversations, WRITERS, async (conversation) => {
      if (conversation.isBusy || !(await writers.canContinue(conversation))) stuck += 1;
    });
    await ledger.audit(balancer.origin, () => true);
    const { lost, changed, doubled, unexpected, evidence } = ledger.findings;
    return {
      figures: {
        jumps: JUMPS[scale],
        ...repeats,
        acknowledged: ledger.acknowledged,
        notAnswered: [...ledger.told].reduce((n, [code, m]) => n + (code === "success" ? 0 : m), 0),
        lost,
        changed,
        doubled,
        unexpected,
        unsettled,
        stuck,
        ...(await lookInside(storage)),
      },
      limits: {
        repeats: { atLeast: JUMPS[scale] },
        acknowledged: { atLeast: JUMPS[scale] * 4 },
        ...atMost(0, "otherTurns", "moreCalls", "longAnswersLost", "notAnswered"),
        ...atMost(0, "lost", "changed", "doubled", "unexpected", "unsettled", "stuck"),
        ...atMost(0, "failedTurns", "outOfOrder"),
        clockSpreadMinutes: { atLeast: 60 },
      },
      evidence: [...evidence, ...[...ledger.told].map(([code, n]) => `${n} answers: ${code}`)],
    };
  },
};

/**
 * One server on SQLite; two on PostgreSQL that are three minutes apart.
 *
 * @param {Rig} rig
 * @param {{ origin: string }} model
 * @param {"sqlite" | "postgres"} engine
 */
async function startAll(rig, model, engine) {
  const storage = engine === "sqlite" ? rig.sqlite() : await rig.postgres();
  const start = (/** @type {number} */ offsetMs) =>
    startSkewed(rig, model, { env: storage.env, offsetMs });
  const servers = [await start(SKEW_MS)];
  if (engine === "postgres") servers.push(await start(-SKEW_MS));
  return { storage, servers };
}

/**
 * A message that can be sent again and again.
 *
 * @param {string} origin
 * @param {string} text
 */
async function prepareMessage(origin, text) {
  const visitor = await newVisitor(origin);
  const key = randomBytes(16).toString("base64url");
  return (/** @type {string} */ to) => ask(to, { text }, { key, visitor });
}

/**
 * What no transcript shows; and how far apart the times are that the servers wrote, so that a clock which was not wrong shows.
 *
 * @param {import("../rig/rig.mjs").Storage} storage
 */
async function lookInside({ rows }) {
  const count = async (/** @type {string} */ sql) => Number((await rows(sql))[0]?.[0]);
  return {
    failedTurns: await count("select count(*) from turns where state <> 'done'"),
    // Positions are places: the visitor's messages have the even ones, each answer the one after its question.
    outOfOrder: await count(
      "select count(*) from messages where (role = 'visitor') <> (position % 2 = 0)",
    ),
    clockSpreadMinutes: Math.round(
      (await count("select max(created_at) - min(created_at) from turns")) / 60_000,
    ),
  };
}
