/**
 * What a scenario measured and what it may be at most or must be at least. `evidence` says in words what went wrong.
 *
 * @typedef {{ atMost: number } | { atLeast: number }} Limit
 * @typedef {{ figures: Record<string, number>, limits: Record<string, Limit>, evidence?: readonly string[] }} Measured
 */

/**
 * The limits that are not kept, a line each; a figure that was not measured keeps none.
 *
 * @param {Measured} measured
 */
export function brokenLimits({ figures, limits }) {
  return Object.entries(limits).flatMap(([name, limit]) => {
    const figure = figures[name] ?? Number.NaN;
    const isKept = "atMost" in limit ? figure <= limit.atMost : figure >= limit.atLeast;
    const wanted = "atMost" in limit ? `at most ${limit.atMost}` : `at least ${limit.atLeast}`;
    return isKept ? [] : [`${name}: ${figure}, ${wanted}`];
  });
}

/**
 * Limits of the same kind for several figures.
 *
 * @param {number} most
 * @param {readonly string[]} names
 * @returns {Record<string, Limit>}
 */
export function atMost(most, ...names) {
  return Object.fromEntries(names.map((name) => [name, { atMost: most }]));
}

/**
 * @param {readonly number[]} values
 * @param {number} share
 */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  const index = Math.min(sorted.length - 1, Math.floor(sorted.length * share));
  return Math.round((sorted[index] ?? Number.NaN) * 10) / 10;
}

/** @param {readonly number[]} values */
export function largest(values) {
  return quantile(values, 1);
}
