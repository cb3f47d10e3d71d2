import { expect, it } from "vitest";
import { layOutDocument } from "../lay-out-document.ts";
import { parseMarkdown } from "./markdown.ts";

const textOf = (source: string, mdx = false) =>
  layOutDocument(parseMarkdown(source, { mdx }).blocks).text;

it("takes the title from the front matter, then from the first heading", () => {
  expect(parseMarkdown('---\ntitle: "Set up"\n---\n# Other', { mdx: false }).title).toBe("Set up");
  expect(parseMarkdown("# The `run` command\n\nText", { mdx: false }).title).toBe(
    "The run command",
  );
  expect(parseMarkdown("Only text", { mdx: false }).title).toBeUndefined();
});

it("keeps lists, tables and code readable, and drops markup", () => {
  const source =
    "# A\n\nSome **bold** [link](https://x.example) and `code`.\n\n1. one\n2. two\n   - nested\n\n" +
    "| a | b |\n|---|---|\n| 1 | 2 |\n\n```js\nlet x;\n\nlet y;\n```\n";
  expect(textOf(source)).toBe(
    "# A\n\nSome bold link and `code`.\n\n1. one\n2. two\n  - nested\n\n" +
      "a | b\n--- | ---\n1 | 2\n\n```js\nlet x;\n\nlet y;\n```",
  );
});

it("makes anchors as GitHub does, and takes those that are written out", () => {
  const { blocks } = parseMarkdown("# Hello, World!\n## Usage\n## Usage\n## Long {#short}", {
    mdx: false,
  });
  expect(blocks.map((block) => block.kind === "heading" && block.anchor)).toEqual([
    "hello-world",
    "usage",
    "usage-1",
    "short",
  ]);
});

it("leaves tables of contents, comments and scripts out, and reads HTML inside", () => {
  const source =
    "- [One](#one)\n  - [Two](#two)\n\n<!-- hidden -->\n\n<script>evil()</script>\n\n<p align=center>Shown</p>\n\nEnd";
  expect(textOf(source)).toBe("Shown\n\nEnd");
});

it("leaves the module code of MDX out, but not that of examples", () => {
  const source =
    "import { Tabs } from 'tabs';\n\nexport const a = {\n  b: 1,\n};\n\n# Title\n\n```js\nimport x from 'x';\n```";
  expect(textOf(source, true)).toBe("# Title\n\n```js\nimport x from 'x';\n```");
});
