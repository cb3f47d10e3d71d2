import { withUnit, wordsOf } from "./figure-words.mjs";
import { PROMISES } from "./promises.mjs";
import { brokenLimits } from "./verdict.mjs";

/** @typedef {import("./results.mjs").KeptResult} KeptResult */

const ENGINES = /** @type {const} */ ({ sqlite: "SQLite", postgres: "PostgreSQL" });

/**
 * The page that shows the last figures beside their limits, and says which promises have none.
 *
 * @param {import("./results.mjs").KeptResults} results
 */
export function reliabilityPage({ node, machine, results }) {
  const measured = PROMISES.filter(({ id }) => results.some(({ promise }) => promise === id));
  const missing = PROMISES.filter((promise) => !measured.includes(promise));
  return [
    "# Reliability",
    "",
    "What is promised for bad days, how each promise was put to the test, and what was measured. A machine writes this page",
    "from `bench/results/reliability.json`. `npm test` runs all of it at a small scale; `npm run test:soak -- --scale full`",
    "measures anew. Server, model, visitors and database shared one machine at the last measurements:",
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGb} GB; Node ${node}.`,
    "",
    "– is a promise that was not measured on that engine.",
    "",
    "| promise | SQLite | PostgreSQL |",
    "| --- | --- | --- |",
    ...PROMISES.map(
      ({ id, promise }) =>
        `| ${id} ${promise} | ${verdict(results, id, "sqlite")} | ${verdict(results, id, "postgres")} |`,
    ),
    "",
    ...measured.flatMap((promise) => section(promise, results)),
    "## Not measured here",
    "",
    missing.length === 0
      ? "Nothing: every promise has a figure."
      : `These promises have no figure yet: ${missing.map(({ id, promise }) => `${id} ${promise.toLowerCase()}`).join(", ")}.`,
    "",
  ].join("\n");
}

/**
 * @param {readonly KeptResult[]} results
 * @param {string} id
 * @param {KeptResult["engine"]} engine
 */
function verdict(results, id, engine) {
  const found = results.find((one) => one.promise === id && one.engine === engine);
  if (!found) return "–";
  const scale = found.scale === "full" ? "" : ", small scale only";
  return `${found.passed ? "kept" : "**broken**"}${scale}`;
}

/**
 * @param {import("./promises.mjs").PromiseText} promise
 * @param {readonly KeptResult[]} results
 */
function section({ id, promise, how = "" }, results) {
  const own = results.filter((result) => result.promise === id);
  return [`## ${id}: ${promise}`, "", how, ...own.map(resultLine), ""];
}

/** @param {KeptResult} result */
function resultLine({ engine, scale, figures, limits, seconds, date, commit }) {
  const names = [...new Set([...Object.keys(figures), ...Object.keys(limits)])];
  const isNever = (/** @type {string} */ name) => figures[name] === 0 && isZero(limits[name]);
  const shown = names.filter((name) => !isNever(name));
  const never = names.filter(isNever).map(wordsOf);
  const about = `${date.slice(0, 10)}, ${commit}, ${Math.round(seconds)} s${scale === "full" ? "" : ", small scale"}`;
  return [
    `- **${ENGINES[engine]}** (${about}):`,
    `${shown.map((name) => figureText(name, figures[name], limits[name])).join("; ")}.`,
    ...(never.length > 0 ? [`Not once: ${never.join(", ")}.`] : []),
  ].join(" ");
}

/** @param {import("./verdict.mjs").Limit | undefined} limit */
function isZero(limit) {
  return limit !== undefined && "atMost" in limit && limit.atMost === 0;
}

/**
 * @param {string} name
 * @param {number | undefined} value
 * @param {import("./verdict.mjs").Limit | undefined} limit
 */
function figureText(name, value, limit) {
  const text = `${wordsOf(name)} ${value === undefined ? "not measured" : withUnit(name, value)}`;
  if (!limit) return text;
  const bound =
    "atMost" in limit
      ? `at most ${withUnit(name, limit.atMost)}`
      : `at least ${withUnit(name, limit.atLeast)}`;
  const figures = value === undefined ? {} : { [name]: value };
  const isKept = brokenLimits({ figures, limits: { [name]: limit } }).length === 0;
  return isKept ? `${text} (${bound})` : `**${text} (must be ${bound})**`;
}
