import { Ledger } from "../ledger/ledger.mjs";
import { Writers } from "../ledger/writers.mjs";
import { ask } from "../rig/chat.mjs";
import { answerAtPace } from "../rig/model-behaviours.mjs";
import { forEachAtOnce, pause } from "../rig/wait.mjs";
import { atMost, largest } from "../verdict.mjs";
import { postgresFaults, sqliteFaults } from "./database-faults.mjs";
import { FaultWatch } from "./fault-watch.mjs";

const WRITERS = 8;
const FAULT_MS = { short: 1_200, full: 20_000 };
/** Long enough to see an answer that comes too late. */
const SILENT_FAULT_MS = { short: 4_500, full: 20_000 };
const CALM_MS = { short: 300, full: 3_000 };
/** In short the machine does other things besides. */
const ANSWER_WITHIN_MS = { short: 6_000, full: 3_000 };
const RECOVERY_MS = 10_000;

/** @type {import("../scenario.mjs").Scenario} */
export const databaseTroubleIsSurvived = {
  promise: "R13",
  name: "database trouble is told in time and survived without a restart",
  engines: ["sqlite", "postgres"],
  async run(rig, { engine, scale }) {
    const model = await rig.model();
    model.choose = ({ number }) => answerAtPace({ words: number % 20, firstMs: 3, betweenMs: 1 });
    const { server, faults } = await (engine === "sqlite" ? onSqlite : onPostgres)(rig, model);
    const ledger = new Ledger();
    const watch = new FaultWatch(server.origin);
    const writers = new Writers(server.origin, ledger, (exchange) => watch.note(exchange));
    await watch.prepare();
    writers.start(WRITERS);
    rig.defer(() => writers.stop(0));

    /** @type {number[]} */
    const recoveries = [];
    for (const fault of faults) {
      await pause(CALM_MS[scale]);
      await watch.during(fault, (fault.isSilent ? SILENT_FAULT_MS : FAULT_MS)[scale]);
      if (server.hasEnded) throw new Error(`The server ended: ${fault.name}`);
      recoveries.push(await recovery(server.origin));
    }

    const unsettled = await writers.stop();
    let stuck = 0;
    await forEachAtOnce(ledger.conversations, WRITERS, async (conversation) => {
      if (conversation.isBusy || !(await writers.canContinue(conversation))) stuck += 1;
    });
    await ledger.audit(server.origin, () => true);
    const { lost, changed, doubled, unexpected, evidence } = ledger.findings;
    return {
      figures: {
        faults: faults.length,
        acknowledged: ledger.acknowledged,
        interrupted: ledger.interrupted,
        ...watch.figures(),
        recoveryMs: largest(recoveries),
        lost,
        changed,
        doubled,
        unexpected,
        unsettled,
        stuck,
        refusals: ledger.refusals,
      },
      limits: {
        acknowledged: { atLeast: 100 },
        interrupted: { atLeast: faults.length },
        ...atMost(ANSWER_WITHIN_MS[scale], "slowestAnswerMs", "slowestReadMs"),
        ...atMost(RECOVERY_MS, "recoveryMs"),
        ...atMost(0, "noEnvelope", "falselyReady", "acknowledgedWhileAway"),
        ...atMost(0, "lost", "changed", "doubled", "unexpected", "unsettled", "stuck", "refusals"),
      },
      evidence: [
        ...watch.evidence,
        ...evidence,
        ...[...ledger.told].map(([code, n]) => `${n} answers: ${code}`),
      ],
    };
  },
};

/**
 * @param {import("../rig/rig.mjs").Rig} rig
 * @param {{ origin: string }} model
 */
async function onSqlite(rig, model) {
  const storage = rig.sqlite();
  const server = await rig.orcha(model, storage);
  return { server, faults: sqliteFaults(storage.file, server.pid) };
}

/**
 * @param {import("../rig/rig.mjs").Rig} rig
 * @param {{ origin: string }} model
 */
async function onPostgres(rig, model) {
  const { cluster, database } = await rig.postgres();
  const proxy = await rig.tcpProxy(cluster.port);
  const env = { DATABASE_URL: cluster.url(database, proxy.port) };
  const server = await rig.orcha(model, { env });
  return { server, faults: postgresFaults(proxy, cluster) };
}

/** How long it takes until a new conversation is answered again. @param {string} origin */
async function recovery(origin) {
  const from = performance.now();
  while (performance.now() - from < 2 * RECOVERY_MS) {
    const answer = await ask(origin, { text: "Are you back?" }).catch(() => undefined);
    if (answer?.success) return performance.now() - from;
    await pause(20);
  }
  return Number.POSITIVE_INFINITY;
}
