import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { boundaryProblems } from "./boundaries.mjs";
import { PACKAGE_NAMES } from "./build-packages.mjs";
import { lockfileProblem } from "./lockfile.mjs";
import { repositoryFiles } from "./repository-files.mjs";
import { ensureBuilt, ensureInstalled, requireNode } from "./set-up.mjs";
import { measureSizes, sizeProblems } from "./sizes.mjs";
import { ROOT } from "./stamp.mjs";
import { styleProblems } from "./style.mjs";

/**
 * A step returns what is wrong; nothing when all is well.
 *
 * @typedef {{ name: string, run: () => Promise<string> | string }} Step
 */

requireNode();
ensureInstalled({ production: false });
// Bundles are measured as they would be shipped, and packages are read as they would be installed.
ensureBuilt();

const files = repositoryFiles(ROOT);
const bin = (/** @type {string} */ name) => join(ROOT, "node_modules/.bin", name);

/** The longest first: two run at a time. @type {readonly Step[]} */
const steps = [
  { name: "sizes and figures", run: checkBuilt },
  {
    name: "promises (oxlint)",
    run: () => command(bin("oxlint"), "--type-aware", "--deny-warnings", "--format=unix"),
  },
  { name: "format and lint (biome)", run: () => command(bin("biome"), "ci", "--colors=off", ".") },
  { name: "unused code (knip)", run: () => command(bin("knip"), "--no-progress") },
  ...[
    "packages/contract",
    "packages/client",
    "packages/widget",
    "packages/react",
    "packages/vue",
    "packages/web-component",
    "apps/server",
    "apps/widget",
    "apps/console",
    "examples",
    ".",
  ].map((folder) => ({
    name: `types of ${folder === "." ? "scripts and e2e" : folder}`,
    run: () => command(bin("tsc"), "-p", folder, "--pretty", "false"),
  })),
  { name: "packages (publint)", run: checkPackages },
  { name: "boundaries", run: () => boundaryProblems(files).join("\n") },
  { name: "lockfile", run: checkLockfile },
  { name: "style", run: () => styleProblems(files).join("\n") },
];

const started = performance.now();
const failed = await runAll(steps, 2);
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(failed.length === 0 ? `All good in ${seconds} s.` : `Failed: ${failed.join(", ")}.`);
process.exitCode = failed.length === 0 ? 0 : 1;

/**
 * @param {readonly Step[]} all
 * @param {number} atOnce
 */
async function runAll(all, atOnce) {
  const waiting = [...all];
  /** @type {string[]} */
  const red = [];
  const work = async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) {
      const from = performance.now();
      const problem = await step.run();
      const took = `${((performance.now() - from) / 1000).toFixed(1)} s`;
      console.log(`${problem ? "✖" : "✔"} ${step.name} (${took})`);
      if (!problem) continue;
      console.log(problem.trimEnd().replace(/^/gm, "    "));
      red.push(step.name);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return red;
}

async function checkBuilt() {
  const figures = await command(process.execPath, join(ROOT, "scripts/figures.mjs"), "--check");
  return [...sizeProblems(measureSizes(ROOT)), figures].filter(Boolean).join("\n");
}

/** Packs each package and reads it as its users' bundlers will. */
async function checkPackages() {
  const problems = [];
  for (const name of PACKAGE_NAMES) {
    problems.push(await command(bin("publint"), "run", join("packages", name), "--strict"));
  }
  return problems.filter(Boolean).join("\n");
}

function checkLockfile() {
  const lockfile = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8"));
  return lockfileProblem(lockfile);
}

/**
 * Runs a program and returns what it said if it failed.
 *
 * @param {string} program
 * @param {string[]} args
 * @returns {Promise<string>}
 */
function command(program, ...args) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: ROOT, shell: process.platform === "win32" });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.once("error", (error) => resolve(`${program}: ${error.message}`));
    child.once("close", (code) => resolve(code === 0 ? "" : output || `exit code ${code}`));
  });
}
