import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { conditions } from "./conditions.mjs";
import { runLoad } from "./load.mjs";
import { canMeasure, cpuMs, memoryMb, startOrcha, startScript } from "./processes.mjs";
import { compare, goalsOf, printReport } from "./turns-report.mjs";

/**
 * What a turn costs, beside the least that it could cost. Both servers are loaded in turns, round by round, so that
 * whatever else the machine does meets both alike; figures are medians over the rounds.
 *
 * @typedef {import("./processes.mjs").ServerProcess} ServerProcess
 * @typedef {import("./load.mjs").Load} Load
 */

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const quick = process.argv.includes("--quick");
const rounds = quick ? 2 : 5;
const roundMs = quick ? 700 : 2_000;
const pacedMs = quick ? 1_300 : 3_700;
const starts = quick ? 3 : 7;

if (!canMeasure()) {
  console.error("This benchmark reads /proc: it runs on Linux only.");
  process.exit(1);
}
mkdirSync(join(ROOT, "data"), { recursive: true });
// Not in /tmp, which is memory on some machines: a sync has to cost what it costs.
const folder = mkdtempSync(join(ROOT, "data/bench-"));
try {
  const results = await measure();
  const goals = goalsOf(results);
  const file = join(ROOT, "bench/results/turns.json");
  mkdirSync(join(ROOT, "bench/results"), { recursive: true });
  if (!quick) writeFileSync(file, `${JSON.stringify({ ...results, goals }, undefined, 2)}\n`);
  printReport(results, goals);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure() {
  const model = await startScript("scripted-model.mjs");
  const baseline = await startScript("baseline-server.mjs", model.origin, folder);
  const orcha = await startOrcha(folder, model.origin);
  const servers = [orcha, baseline];
  try {
    for (const server of servers) await warmUp(server);
    const instant = [];
    for (const streams of [false, true]) {
      for (const atOnce of [1, 16, 64]) {
        instant.push(await compareUnder(servers, { streams, atOnce, ms: roundMs }, rounds));
      }
    }
    const paced = [];
    for (const spread of [true, false]) {
      for (const atOnce of [16, 64]) {
        const load = { streams: true, paced: true, spread, atOnce, ms: pacedMs };
        paced.push(await compareUnder(servers, load, Math.min(rounds, 3)));
      }
    }
    const peak = { orcha: memoryMb(orcha.pid).peak, baseline: memoryMb(baseline.pid).peak };
    await orcha.stop();
    return {
      ...conditions(),
      rounds,
      instant,
      paced,
      start: await measureStart(model),
      peakMb: peak,
    };
  } finally {
    for (const server of [...servers, model]) await server.stop();
  }
}

/** @param {ServerProcess} server */
async function warmUp({ origin }) {
  for (const streams of [false, true]) {
    await runLoad(origin, { streams, atOnce: 16, ms: quick ? 1_000 : 2_000 });
  }
}

/**
 * @param {readonly ServerProcess[]} servers ours and the baseline
 * @param {Load} load
 * @param {number} times
 */
async function compareUnder(servers, load, times) {
  /** @type {import("./turns-report.mjs").Round[][]} */
  const byServer = servers.map(() => []);
  for (let round = 0; round < times; round += 1) {
    for (const [index, server] of servers.entries()) {
      const cpuBefore = cpuMs(server.pid);
      const result = await runLoad(server.origin, load);
      byServer[index]?.push({ ...result, cpuMs: cpuMs(server.pid) - cpuBefore });
    }
  }
  const [orcha = [], baseline = []] = byServer;
  const compared = compare(load, orcha, baseline);
  console.log(
    `${load.streams ? "stream" : "JSON"} ${load.paced ? "paced " : ""}x ${load.atOnce}: ` +
      `${compared.orcha.turnsPerSecond} turns/s, baseline ${compared.baseline.turnsPerSecond}`,
  );
  return compared;
}

/**
 * On the data that the load has left behind.
 *
 * @param {ServerProcess} model
 */
async function measureStart(model) {
  const readyMs = [];
  let idleMb = 0;
  for (let start = 0; start < starts; start += 1) {
    const server = await startOrcha(folder, model.origin);
    readyMs.push(Math.round(server.readyMs));
    if (start === starts - 1) {
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      idleMb = memoryMb(server.pid).now;
    }
    await server.stop();
  }
  return { readyMs: readyMs.sort((a, b) => a - b)[Math.floor(starts / 2)] ?? 0, idleMb };
}
