import { expect, it } from "vitest";
import { automaticTitle, cleanTitle } from "./title.ts";

it("makes one line of the beginning of a message, cut behind a word", () => {
  expect(automaticTitle("  How do I\n\treturn an order? ")).toBe("How do I return an order?");
  const words = "word ".repeat(30);
  expect(automaticTitle(words)).toBe(`${"word ".repeat(16).trim()}\u2026`);
  expect(automaticTitle(`${"a".repeat(79)} b`)).toBe(`${"a".repeat(79)}\u2026`);
});

it("counts characters as people do and cuts none in two", () => {
  expect(automaticTitle("\u{1F600}".repeat(80))).toBe("\u{1F600}".repeat(80));
  expect(automaticTitle("\u{1F600}".repeat(81))).toBe(`${"\u{1F600}".repeat(79)}\u2026`);
});

it("takes a title of 1 to 100 characters as one line", () => {
  expect(cleanTitle(" My\u0000\n order\u2028 ")).toBe("My\uFFFD order");
  expect([...cleanTitle("\u{1F600}".repeat(100))]).toHaveLength(100);
  for (const title of ["", " \n\t ", "\u200b\u200d", "a".repeat(101)]) {
    expect(() => cleanTitle(title)).toThrow("title must be 1 to 100 characters.");
  }
});
