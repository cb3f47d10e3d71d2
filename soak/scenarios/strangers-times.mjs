import { NON_EXISTENT } from "./strangers-ids.mjs";

/** How long a route took for ids of each kind, round by round. */
export class StrangersTimes {
  /** @type {ReadonlyMap<string, number>[]} */
  #rounds = [];

  /** @param {ReadonlyMap<string, number>} took in milliseconds, by kind */
  add(took) {
    this.#rounds.push(took);
  }

  /**
   * By how much each kind took longer or shorter than ids that do not exist: the median of the differences within a round,
   * which what else the machine does meanwhile moves little, as a share of the median. A second lot of non-existent ids
   * shows how much of it is noise.
   *
   * @param {string} route
   * @returns {Record<string, number>}
   */
  figures(route) {
    const typical = median(this.#rounds.map((took) => took.get(NON_EXISTENT) ?? Number.NaN));
    const kinds = [...(this.#rounds[0]?.keys() ?? [])].filter((kind) => kind !== NON_EXISTENT);
    return {
      [`${route}Ms`]: Math.round(typical * 1000) / 1000,
      ...Object.fromEntries(
        kinds.sort().map((kind) => {
          const off = Math.abs(median(this.#differences(kind))) / typical;
          return [`${route}${kind}Percent`, Math.round(off * 10_000) / 100];
        }),
      ),
    };
  }

  /** @param {string} kind */
  #differences(kind) {
    return this.#rounds.map(
      (took) => (took.get(kind) ?? Number.NaN) - (took.get(NON_EXISTENT) ?? Number.NaN),
    );
  }
}

/** @param {readonly number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.slice((sorted.length - 1) >> 1, (sorted.length >> 1) + 1);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}
