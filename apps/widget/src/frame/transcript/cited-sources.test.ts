import "../i18n/testing/speak-english.ts";
import type { Context } from "@orcha/contract";
import { describe, expect, it } from "vitest";
import { citedSources, placeOf, titleOf } from "./cited-sources.ts";

function context(title: string | null, source: string | null, page: number | null = null): Context {
  return { id: "c", title, source, url: null, text: "", score: 1, page, start: 0, end: 0 };
}
const five = Array.from({ length: 5 }, (_, index) => context(`T${index}`, null));
const main = (answer: string) =>
  citedSources(answer, five)
    .filter(({ isMain }) => isMain)
    .map(({ number }) => number);

describe("the sources of an answer", () => {
  it("shows the cited ones, whatever their order", () => {
    expect(main("B [4], then [1, 2] and [4].")).toEqual([1, 2, 4]);
  });

  it("shows the best few when the answer cites none of them", () => {
    expect(main("Nothing, or [9], or [1](https://x.example).")).toEqual([1, 2, 3]);
  });

  it("names each by title and place", () => {
    expect([titleOf(context("Guide", "a.md")), placeOf(context("Guide", "a.md"))]).toEqual([
      "Guide",
      "a.md",
    ]);
    expect(placeOf(context("Guide", "a.pdf", 3))).toBe("Page 3");
    const deep = context("Guide › Embedding › By script", "a.md");
    expect([titleOf(deep), placeOf(deep)]).toEqual(["By script", "Guide › Embedding"]);
    expect([titleOf(context(null, "a.md")), placeOf(context(null, "a.md"))]).toEqual(["a.md", ""]);
  });
});
