/**
 * @typedef {import("./load.mjs").LoadResult & { cpuMs: number }} Round
 * @typedef {{ turnsPerSecond: number, p50Ms: number, p99Ms: number, cpuMsPerTurn: number, firstTokenMs: number, errors: number }} Figures
 * @typedef {{ name: string, streams: boolean, paced: boolean, atOnce: number, orcha: Figures, baseline: Figures, cpuRatio: number, throughputShare: number, firstTokenDifferenceMs: number }} Comparison
 * @typedef {{ measuredAt: string, node: string, machine: { cpu: string, cores: number, memoryGb: number }, rounds: number, instant: Comparison[], paced: Comparison[], start: { readyMs: number, idleMb: number }, peakMb: { orcha: number, baseline: number } }} Results
 * @typedef {{ goal: string, figure: number, limit: number, met: boolean }} Goal
 */

/**
 * Medians of both servers' rounds under one load, and how they compare.
 *
 * @param {import("./load.mjs").Load} load
 * @param {readonly Round[]} ours
 * @param {readonly Round[]} theirs
 * @returns {Comparison}
 */
export function compare(load, ours, theirs) {
  const orcha = figuresOf(ours);
  const baseline = figuresOf(theirs);
  const arrivals = load.paced
    ? `, ${load.spread ? "arriving one by one" : "arriving together"}`
    : "";
  return {
    name: `${load.paced ? "paced stream" : load.streams ? "stream" : "JSON"} x ${load.atOnce}${arrivals}`,
    streams: load.streams,
    paced: Boolean(load.paced),
    atOnce: load.atOnce,
    orcha,
    baseline,
    cpuRatio: round(orcha.cpuMsPerTurn / baseline.cpuMsPerTurn),
    throughputShare: round(orcha.turnsPerSecond / baseline.turnsPerSecond, 3),
    firstTokenDifferenceMs: round(orcha.firstTokenMs - baseline.firstTokenMs),
  };
}

/**
 * The figures that were promised, with what was measured.
 *
 * @param {Results} results
 * @returns {Goal[]}
 */
export function goalsOf({ instant, paced, start, peakMb }) {
  const loaded = instant.filter((run) => run.atOnce > 1);
  const atMost = (
    /** @type {string} */ goal,
    /** @type {number} */ figure,
    /** @type {number} */ limit,
  ) => ({
    goal: `${goal}, at most ${limit}`,
    figure,
    limit,
    met: figure <= limit,
  });
  const atLeast = (
    /** @type {string} */ goal,
    /** @type {number} */ figure,
    /** @type {number} */ limit,
  ) => ({
    goal: `${goal}, at least ${limit}`,
    figure,
    limit,
    met: figure >= limit,
  });
  return [
    ...loaded.map((run) =>
      atMost(`${run.name}: CPU per turn, times the baseline's`, run.cpuRatio, 4),
    ),
    ...loaded
      .filter((run) => run.atOnce === 64)
      .map((run) =>
        atLeast(`${run.name}: share of the baseline's turns/s`, run.throughputShare, 0.3),
      ),
    ...paced.map((run) =>
      atMost(
        `${run.name}: first token later by ms`,
        run.firstTokenDifferenceMs,
        run.atOnce === 16 ? 3 : 8,
      ),
    ),
    ...paced.map((run) =>
      atLeast(`${run.name}: share of the baseline's tokens/s`, run.throughputShare, 0.98),
    ),
    atMost("ready after ms, on existing data", start.readyMs, 400),
    atMost("memory when idle, MB", start.idleMb, 110),
    atMost("memory at the peak, MB", peakMb.orcha, 200),
    atMost(
      "failed turns",
      [...instant, ...paced].reduce((sum, run) => sum + run.orcha.errors, 0),
      0,
    ),
  ];
}

/**
 * @param {Results} results
 * @param {readonly Goal[]} goals
 */
export function printReport({ instant, paced }, goals) {
  console.log(
    "\n                                        turns/s     p50     p99  CPU/turn  1st token",
  );
  for (const run of [...instant, ...paced]) {
    console.log(`${run.name.padEnd(38)}${line(run.orcha)}`);
    console.log(`${"  baseline".padEnd(38)}${line(run.baseline)}`);
  }
  console.log("");
  for (const { goal, figure, met } of goals) console.log(`${met ? "✔" : "✖"} ${goal}: ${figure}`);
}

/** @param {Figures} figures */
function line({ turnsPerSecond, p50Ms, p99Ms, cpuMsPerTurn, firstTokenMs }) {
  return [turnsPerSecond, p50Ms, p99Ms, cpuMsPerTurn, firstTokenMs || "–"]
    .map((figure, index) => String(figure).padStart([9, 8, 8, 10, 11][index] ?? 0))
    .join("");
}

/**
 * @param {readonly Round[]} rounds
 * @returns {Figures}
 */
function figuresOf(rounds) {
  const over = (/** @type {(round: Round) => number} */ figure) => median(rounds.map(figure));
  return {
    turnsPerSecond: round(
      over((one) => one.turnsPerSecond),
      1,
    ),
    p50Ms: round(over((one) => quantile(one.latencies, 0.5))),
    p99Ms: round(over((one) => quantile(one.latencies, 0.99))),
    cpuMsPerTurn: round(
      over((one) => one.cpuMs / one.turns),
      3,
    ),
    firstTokenMs: round(over((one) => quantile(one.firstTokens, 0.5))),
    errors: rounds.reduce((sum, one) => sum + one.errors, 0),
  };
}

/** @param {readonly number[]} values */
function median(values) {
  return quantile(values, 0.5);
}

/**
 * @param {readonly number[]} values
 * @param {number} share
 */
function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** @param {number} value */
function round(value, digits = 2) {
  return Number(value.toFixed(digits));
}
