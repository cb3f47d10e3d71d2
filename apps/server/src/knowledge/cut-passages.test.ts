import fc from "fast-check";
import { expect, it } from "vitest";
import { cutPassages } from "./cut-passages.ts";
import { layOutDocument } from "./lay-out-document.ts";
import type { Block } from "./parsers/block.ts";
import { parseMarkdown } from "./parsers/markdown.ts";

const cut = (source: string) =>
  cutPassages(layOutDocument(parseMarkdown(source, { mdx: false }).blocks));

const words = (count: number) => Array.from({ length: count }, (_, at) => `word${at}.`).join(" ");

const line = fc
  .array(fc.oneof(fc.string({ unit: "grapheme", minLength: 1 }), fc.constant("👩‍🚀 end. Next")), {
    minLength: 1,
    maxLength: 400,
  })
  .map((parts) => parts.join(" ").replace(/\s+/g, " ").trim() || "x");
const block: fc.Arbitrary<Block> = fc.oneof(
  fc.record({
    kind: fc.constant("heading" as const),
    level: fc.integer({ min: 1, max: 6 }),
    anchor: fc.constant("a"),
    text: line,
  }),
  fc.record({ kind: fc.constant("paragraph" as const), text: line }),
  fc.record({
    kind: fc.constant("list-item" as const),
    depth: fc.nat(3),
    marker: fc.constant("-"),
    text: line,
  }),
  fc.record({ kind: fc.constant("code" as const), language: fc.constant("js"), text: line }),
);

it("cuts passages that stand in the document exactly where their offsets say", () => {
  fc.assert(
    fc.property(fc.array(block, { maxLength: 20 }), (blocks) => {
      const document = layOutDocument(blocks);
      const characters = [...document.text];
      let end = 0;
      for (const [position, passage] of cutPassages(document).entries()) {
        expect(passage.position).toBe(position);
        expect(passage.start).toBeGreaterThanOrEqual(end);
        expect(characters.slice(passage.start, passage.end).join("")).toBe(passage.text);
        end = passage.end;
      }
    }),
    { numRuns: 60 },
  );
});

it("begins a passage at every large section, with its headings and anchor", () => {
  const passages = cut(
    `# Guide\n\n${words(60)}\n\n## Install\n\n${words(60)}\n\n## Use\n\n${words(60)}`,
  );
  expect(passages.map(({ heading, anchor }) => [heading, anchor])).toEqual([
    ["Guide", "guide"],
    ["Guide › Install", "install"],
    ["Guide › Use", "use"],
  ]);
});

it("puts tiny sections under one first heading together", () => {
  expect(cut("# FAQ\n\n## A?\n\nYes.\n\n## B?\n\nNo.\n\n# Other\n\nText.")).toHaveLength(2);
});

it("keeps code whole and with the sentence that announces it", () => {
  const code = `\`\`\`js\n${"call();\n".repeat(120)}\`\`\``;
  const passages = cut(`# A\n\n${words(100)}\n\nDo this:\n\n${code}\n\n${words(100)}`);
  const withCode = passages.find(({ text }) => text.includes("call();"));
  expect(withCode?.text).toBe(`Do this:\n\n${code}`);
});

it("cuts long prose behind sentences", () => {
  const passages = cut(words(1000));
  expect(passages.length).toBeGreaterThan(4);
  for (const { text } of passages) {
    expect(text.length).toBeLessThanOrEqual(1500);
    expect(text).toMatch(/^word\d+\..*\.$/s);
  }
});
