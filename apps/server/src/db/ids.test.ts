import { expect, it } from "vitest";
import { randomId, timeOrderedId } from "./ids.ts";

it("makes 10,000 conversation ids without a duplicate, none of which tells when it was made", () => {
  const ids = Array.from({ length: 10_000 }, randomId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every((id) => Number.isSafeInteger(id) && id > 0)).toBe(true);
  expect(Math.abs(rankCorrelation(ids))).toBeLessThan(0.05);
});

it("makes ids of turns in the order of time, also within one millisecond", () => {
  const ids = Array.from({ length: 1_000 }, () => timeOrderedId(1_800_000_000_000));
  expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  expect(new Set(ids).size).toBe(ids.length);
});

/** Spearman's, of values with their places. */
function rankCorrelation(values: readonly number[]): number {
  const count = values.length;
  const ranks = new Map(values.toSorted((a, b) => a - b).map((value, rank) => [value, rank]));
  const squares = values.map((value, place) => ((ranks.get(value) ?? 0) - place) ** 2);
  return 1 - (6 * squares.reduce((a, b) => a + b, 0)) / (count * (count ** 2 - 1));
}
