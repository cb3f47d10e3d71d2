import { Ledger } from "../ledger/ledger.mjs";
import { Writers } from "../ledger/writers.mjs";
import { answerAtPace } from "../rig/model-behaviours.mjs";
import { freePort } from "../rig/orcha-process.mjs";
import { forEachAtOnce, pause } from "../rig/wait.mjs";
import { atMost, quantile } from "../verdict.mjs";

/** @typedef {import("../rig/rig.mjs").Rig} Rig */

const WRITERS = 8;
const CYCLES = { sqlite: { short: 8, full: 1_000 }, postgres: { short: 3, full: 200 } };

/** @type {import("../scenario.mjs").Scenario} */
export const answersAreKept = {
  promise: "R1",
  name: "an acknowledged answer is kept, once, whatever is killed",
  engines: ["sqlite", "postgres"],
  async run(rig, { engine, scale }) {
    const cycles = CYCLES[engine][scale];
    const model = await rig.model();
    model.choose = ({ number }) => answerAtPace({ words: number % 40, firstMs: 3, betweenMs: 1 });
    const ledger = new Ledger();
    const site = engine === "sqlite" ? await oneServer(rig, model) : await twoReplicas(rig, model);
    const writers = new Writers(site.origin, ledger);
    writers.start(WRITERS);
    rig.defer(() => writers.stop(0));

    const started = performance.now();
    /** @type {number[]} */
    const readyMs = [];
    for (let cycle = 1; cycle <= cycles; cycle += 1) {
      await pause(20 + Math.random() * 330);
      readyMs.push(await site.crash(cycle));
      await ledger.audit(site.origin);
    }
    const cycleMs = (performance.now() - started) / cycles;

    const unsettled = await writers.stop();
    const stuck = await countStuck(writers, ledger);
    await ledger.audit(site.origin, () => true);
    const left = await lookInside(site.storage);
    const { lost, changed, doubled, unexpected, evidence } = ledger.findings;
    return {
      figures: {
        cycles,
        acknowledged: ledger.acknowledged,
        interrupted: ledger.interrupted,
        lost,
        changed,
        doubled: doubled + left.doubled,
        unexpected,
        unsettled,
        stuck,
        pendingTurns: left.pending,
        heldConversations: left.held,
        refusals: ledger.refusals,
        cycleMs: Math.round(cycleMs),
        readyMs: quantile(readyMs, 0.5),
      },
      limits: {
        acknowledged: { atLeast: cycles * 4 },
        // Kills that met no running turn would show nothing.
        interrupted: { atLeast: cycles },
        ...atMost(0, "lost", "changed", "doubled", "unexpected", "unsettled", "stuck"),
        ...atMost(0, "pendingTurns", "heldConversations", "refusals"),
      },
      evidence: [...evidence, ...[...ledger.told].map(([code, n]) => `${n} answers: ${code}`)],
    };
  },
};

/**
 * One server on SQLite; sometimes it is killed again while it starts.
 *
 * @param {Rig} rig
 * @param {{ origin: string }} model
 */
async function oneServer(rig, model) {
  const storage = rig.sqlite();
  const options = { env: storage.env, port: await freePort() };
  let server = await rig.orcha(model, options);
  const restart = async () => {
    await server.kill();
    server = await rig.spawnOrcha(model, options);
  };
  return {
    storage,
    origin: server.origin,
    async crash() {
      await restart();
      if (Math.random() < 0.1) {
        await pause(Math.random() * 300);
        await restart();
      }
      return server.ready();
    },
  };
}

/**
 * Two replicas on PostgreSQL; one of them is killed, now and then the database itself.
 *
 * @param {Rig} rig
 * @param {{ origin: string }} model
 */
async function twoReplicas(rig, model) {
  const storage = await rig.postgres();
  const servers = [await rig.orcha(model, storage), await rig.orcha(model, storage)];
  const balancer = await rig.balancer(servers.map(({ port }) => port));
  const restart = async (/** @type {number} */ index) => {
    const { port } = servers[index] ?? {};
    const next = await rig.spawnOrcha(model, { env: storage.env, ...(port && { port }) });
    servers[index] = next;
    return next.ready();
  };
  const crashDatabase = async () => {
    const from = performance.now();
    await storage.cluster.crash();
    await storage.cluster.start();
    for (const [index, server] of servers.entries()) {
      await (server.hasEnded ? restart(index) : server.ready());
    }
    return performance.now() - from;
  };
  return {
    storage,
    origin: balancer.origin,
    /** @param {number} cycle */
    async crash(cycle) {
      if (cycle % 10 === 3) return crashDatabase();
      const index = cycle % 2;
      await servers[index]?.kill();
      return restart(index);
    },
  };
}

/**
 * @param {Writers} writers
 * @param {Ledger} ledger
 */
async function countStuck(writers, ledger) {
  let stuck = 0;
  await forEachAtOnce(ledger.conversations, WRITERS, async (conversation) => {
    if (conversation.isBusy || !(await writers.canContinue(conversation))) stuck += 1;
  });
  return stuck;
}

/**
 * What no transcript shows: the same message in two conversations, and what is still held.
 *
 * @param {import("../rig/rig.mjs").Storage} storage
 */
async function lookInside(storage) {
  const count = async (/** @type {string} */ sql) => Number((await storage.rows(sql))[0]?.[0]);
  return {
    doubled: await count(
      "select count(*) from (select text from messages where role = 'visitor' group by text having count(*) > 1) as twice",
    ),
    pending: await count("select count(*) from turns where state = 'pending'"),
    held: await count("select count(*) from conversations where active_turn_id is not null"),
  };
}
