import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";

/**
 * @typedef {import("./scenario.mjs").Result & { date: string, commit: string }} KeptResult
 * @typedef {{ node: string, machine: { cpu: string, cores: number, memoryGb: number }, results: KeptResult[] }} KeptResults
 */

const FILE = fileURLToPath(new URL("../bench/results/reliability.json", import.meta.url));
const ROOT = fileURLToPath(new URL("..", import.meta.url));

/**
 * Keeps the figures: each replaces the one before of its promise and engine, but a short run replaces no full one.
 *
 * @param {readonly import("./scenario.mjs").Result[]} results
 */
export function writeResults(results) {
  /** @type {KeptResult[]} */
  const known = existsSync(FILE) ? JSON.parse(readFileSync(FILE, "utf8")).results : [];
  const about = { date: new Date().toISOString(), commit: commit() };
  const kept = known.filter((old) => !results.some((fresh) => replaces(fresh, old)));
  const added = results
    .filter((fresh) => !kept.some((old) => isSame(fresh, old)))
    .map((fresh) => ({ ...fresh, ...about }));
  const all = [...kept, ...added].sort(
    (a, b) => number(a) - number(b) || b.engine.localeCompare(a.engine),
  );
  /** @type {KeptResults} */
  const written = { node: process.version, machine: machine(), results: all };
  writeFileSync(FILE, `${JSON.stringify(written, undefined, 2)}\n`);
}

/**
 * @param {import("./scenario.mjs").Result} fresh
 * @param {KeptResult} old
 */
function replaces(fresh, old) {
  return isSame(fresh, old) && (fresh.scale === "full" || old.scale === "short");
}

/**
 * @param {import("./scenario.mjs").Result} one
 * @param {import("./scenario.mjs").Result} other
 */
function isSame(one, other) {
  return one.promise === other.promise && one.engine === other.engine;
}

/** @param {{ promise: string }} result */
function number({ promise }) {
  return Number(promise.slice(1));
}

function machine() {
  return {
    cpu: cpus()[0]?.model ?? "unknown processor",
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
  };
}

function commit() {
  return execFileSync("git", ["rev-parse", "--short", "HEAD"], {
    cwd: ROOT,
    encoding: "utf8",
  }).trim();
}
