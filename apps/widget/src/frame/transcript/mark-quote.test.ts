import { parseHTML } from "linkedom";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { citingText, findQuotes, markRanges } from "./mark-quote.ts";

const PASSAGE =
  "Orders leave the same day. You can return anything within 30 days of delivery, unused.";

const found = (said: string, passage = PASSAGE) =>
  findQuotes(passage, said).map(([start, end]) => passage.slice(start, end));

describe("what an answer took from a passage", () => {
  it("is found word for word, whatever its case and marks", () => {
    expect(found("You can **return anything** within 30 days. [1]")).toEqual([
      "You can return anything within 30 days",
    ]);
    expect(found("orders leave the SAME day; within 30 days of delivery unused")).toEqual([
      "Orders leave the same day",
      "within 30 days of delivery, unused",
    ]);
  });

  it("is nothing where only single words are the same", () => {
    expect(found("Return the orders you can on that day.")).toEqual([]);
    expect(found("")).toEqual([]);
  });

  it("is looked for in time linear in the text", () => {
    const long = "the same four words ".repeat(5000);
    const started = performance.now();
    found(long.slice(0, 2000), long);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe("the sentences that cite a source", () => {
  it("are those with its number, and the line of a quote before it", () => {
    const answer = "> A quote of it\n[2]\n\nSomething else. [1]\n\nBoth of them. [1, 12]";
    expect(citingText(answer, 2)).toBe("> A quote of it\n[2]");
    expect(citingText(answer, 12)).toBe("Both of them. [1, 12]");
    expect(citingText(answer, 3)).toBe("");
  });
});

describe("the mark", () => {
  beforeEach(() => {
    const { document, Text } = parseHTML("<p></p>");
    vi.stubGlobal("document", document);
    vi.stubGlobal("Text", Text);
  });
  afterEach(() => vi.unstubAllGlobals());

  it("goes over the bounds of elements and changes no text", () => {
    const root = document.createElement("p");
    root.append("You can ", document.createElement("b"), " within 30 days.");
    const [bold] = root.children;
    if (bold) bold.textContent = "return anything";
    const before = root.textContent;
    markRanges(root, [
      [4, 16],
      [24, 30],
    ]);
    expect(root.textContent).toBe(before);
    expect([...root.querySelectorAll("mark")].map((mark) => mark.textContent)).toEqual([
      "can ",
      "return a",
      "within",
    ]);
  });
});
