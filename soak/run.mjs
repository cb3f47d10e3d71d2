import { parseArgs } from "node:util";
import { writeResults } from "./results.mjs";
import { Workshop } from "./rig/rig.mjs";
import { runScenario, whatIsMissing } from "./scenario.mjs";
import { SCENARIOS } from "./scenarios.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    scale: { type: "string", default: "short" },
    dist: { type: "string" },
    engine: { type: "string" },
  },
});
const scale = values.scale === "full" ? "full" : "short";
const chosen = SCENARIOS.filter(
  ({ promise }) => positionals.length === 0 || positionals.includes(promise),
);

// So that what was started is ended at the exit.
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

const workshop = await Workshop.open(values.dist);
const results = [];
try {
  for (const scenario of chosen) {
    for (const engine of scenario.engines) {
      if (values.engine !== undefined && values.engine !== engine) continue;
      const missing = whatIsMissing(workshop, scenario, engine);
      if (missing !== undefined) {
        console.log(`– ${scenario.promise} on ${engine}: ${missing}`);
        continue;
      }
      const { result, problems } = await runScenario(workshop, scenario, { engine, scale });
      results.push(result);
      print(result, problems);
      writeResults(results);
    }
  }
} finally {
  await workshop.close();
}
process.exit(results.every(({ passed }) => passed) ? 0 : 1);

/**
 * @param {import("./scenario.mjs").Result} result
 * @param {readonly string[]} problems
 */
function print({ promise, name, engine, passed, seconds, figures }, problems) {
  console.log(`${passed ? "✔" : "✖"} ${promise} ${name} (${engine}, ${seconds} s)`);
  console.log(
    `    ${Object.entries(figures)
      .map(([figure, value]) => `${figure} ${value}`)
      .join(", ")}`,
  );
  for (const problem of problems.slice(0, 20)) console.log(`    ✖ ${problem}`);
}
