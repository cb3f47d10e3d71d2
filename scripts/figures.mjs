import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { reliabilityPage } from "../soak/report.mjs";
import { measureSizes } from "./sizes.mjs";
import { ROOT } from "./stamp.mjs";

const START = "<!-- figures: written by scripts/figures.mjs -->";
const END = "<!-- /figures -->";

const isCheck = process.argv.includes("--check");

keep("README.md", (readme) => withFigures(readme, figures(ROOT)));
keep("docs/reliability.md", () =>
  reliabilityPage(JSON.parse(readFileSync(join(ROOT, "bench/results/reliability.json"), "utf8"))),
);

/**
 * Writes a page anew with its figures, or says that they are old.
 *
 * @param {string} name
 * @param {(page: string) => string} update
 */
function keep(name, update) {
  const file = join(ROOT, name);
  const page = existsSync(file) ? readFileSync(file, "utf8") : "";
  const current = update(page);
  if (page === current) return;
  if (isCheck) {
    console.error(
      `${name}: its figures are not those of dist/ and bench/results/: npm run figures`,
    );
    process.exitCode = 1;
  } else {
    writeFileSync(file, current);
    console.log(`${name} has the figures of dist/ and bench/results/.`);
  }
}

/**
 * @param {string} text
 * @param {string} figures
 */
function withFigures(text, figures) {
  const [before = "", after] = text.split(START);
  const [, rest] = after?.split(END) ?? [];
  if (rest === undefined) throw new Error(`README.md: the lines ${START} and ${END} are missing`);
  return `${before}${START}\n${figures}\n${END}${rest}`;
}

/** @param {string} root */
function figures(root) {
  const sizes = measureSizes(root);
  return [
    "| | |",
    "| --- | --- |",
    // Rounded up and coarsely: a figure that changes with every commit is one that nobody keeps.
    `| widget loader on the host page | ${upTo(sizes.loader / 1024, 0.5)} KB gzip |`,
    `| widget, opened for the first time | ${upTo(sizes.frame / 1024, 1)} KB gzip |`,
    `| server with all its packages | ${upTo(sizes.server / 2 ** 20, 1)} MB |`,
    ...benchmarkLines(join(root, "bench/results/turns.json")),
    ...eventLoopLines(join(root, "bench/results/event-loop.json")),
    ...widgetLines(join(root, "bench/results/widget.json")),
  ].join("\n");
}

/** @param {string} file */
function benchmarkLines(file) {
  if (!existsSync(file)) return [];
  /** @type {import("../bench/turns-report.mjs").Results} */
  const { instant, start, peakMb, machine, node } = JSON.parse(readFileSync(file, "utf8"));
  const busy = instant.find((run) => !run.streams && run.atOnce === 64);
  return [
    `| ready after | ${start.readyMs} ms |`,
    `| memory, idle and at the peak of the load test | ${start.idleMb} MB, ${peakMb.orcha} MB |`,
    ...(busy
      ? [
          `| turns/s with 64 at once, on ${machine.cores} cores shared with model and load | ${Math.round(busy.orcha.turnsPerSecond)} |`,
          `| CPU per turn, and of a bare server that does the least | ${busy.orcha.cpuMsPerTurn} ms, ${busy.baseline.cpuMsPerTurn} ms |`,
        ]
      : []),
    `| measured with | Node ${node}, ${machine.cpu} |`,
  ];
}

/** @param {string} file */
function eventLoopLines(file) {
  if (!existsSync(file)) return [];
  const { chunks, goal, indexing } = JSON.parse(readFileSync(file, "utf8"));
  const load = `${goal.turnsPerSecond} turns/s while ${chunks.toLocaleString("en")} passages are indexed`;
  return [`| event loop late at ${load}, 99th percentile | ${indexing.delay.p99} ms |`];
}

/**
 * A table of its own, after an empty line.
 *
 * @param {string} file
 */
function widgetLines(file) {
  if (!existsSync(file)) return [];
  /** @type {import("../bench/widget/report.mjs").Results} */
  const { widgets, slowdown, chromium } = JSON.parse(readFileSync(file, "utf8"));
  const lines = widgets.map(({ name, version, onLoad, firstOpen, foreign, coldMs, preparedMs }) => {
    const strangers = Object.values(foreign).reduce((sum, requests) => sum + requests, 0);
    const prepared = preparedMs ? `, ${Math.round(preparedMs.median)} ms when it was prepared` : "";
    return `| ${[name, version].filter(Boolean).join(" ")} | ${upTo(onLoad.bytes / 1024, 1)} KB | ${upTo(firstOpen.bytes / 1024, 1)} KB | ${firstOpen.requests}, ${strangers} | ${Math.round(coldMs.median)} ms${prepared} |`;
  });
  return [
    "",
    `| in Chromium ${chromium.split(".")[0]} | loaded with the page | until one can write | requests, to other hosts | from click to input, CPU ${slowdown} times slower |`,
    "| --- | --- | --- | --- | --- |",
    ...lines,
  ];
}

/**
 * @param {number} value
 * @param {number} step
 */
function upTo(value, step) {
  return Math.ceil(value / step) * step;
}
