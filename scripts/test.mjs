import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ensureBuilt, ensureInstalled, requireNode } from "./set-up.mjs";
import { ROOT } from "./stamp.mjs";
import { ensurePrograms } from "./system-programs.mjs";
import { countTests, summary } from "./test-summary.mjs";

requireNode();
ensureInstalled({ production: false });
ensureBuilt();
const reasons = ensurePrograms();

const exitCode = await runVitest(process.argv.slice(2));

const counted = countTests(readReport(), exitCode);
for (const line of [...counted.problems, ...reasons, ...counted.skips]) console.log(line);
console.log(summary(counted));
process.exitCode = counted.failed > 0 ? 1 : 0;

/** @param {readonly string[]} filters */
function runVitest(filters) {
  rmSync(reportFile(), { force: true });
  mkdirSync(join(ROOT, "node_modules/.cache/orcha"), { recursive: true });
  const vitest = spawn(
    process.execPath,
    [
      join(ROOT, "node_modules/vitest/vitest.mjs"),
      "run",
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${reportFile()}`,
      ...filters,
    ],
    { cwd: ROOT, stdio: "inherit" },
  );
  // A terminal's Ctrl+C reaches vitest as well; wait for it, so that the last line is still ours.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => vitest.kill("SIGTERM"));
  return new Promise((resolve) => vitest.once("exit", (code) => resolve(code ?? 1)));
}

function readReport() {
  return existsSync(reportFile()) ? JSON.parse(readFileSync(reportFile(), "utf8")) : undefined;
}

function reportFile() {
  return join(ROOT, "node_modules/.cache/orcha/test-report.json");
}
