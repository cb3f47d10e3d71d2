import { expect, it } from "vitest";
import { layOutDocument } from "../lay-out-document.ts";
import { parseHtml } from "./html.ts";

const textOf = (source: string) => layOutDocument(parseHtml(source).blocks).text;

it("reads the main content and nothing around it", () => {
  const page = `<html><head><title>Docs | Site</title></head><body><header><h1>Site</h1></header>
    <nav>Menu</nav><main><header><h1 id="top">Install<a href="#top">#</a></h1></header><p>Run
    <code>npm i</code> <b>now</b>.</p><aside>Ad</aside><form>Search</form><script>x()</script></main>
    <footer>Imprint</footer></body></html>`;
  expect(textOf(page)).toBe("# Install\n\nRun `npm i` now.");
  expect(parseHtml(page).title).toBe("Install");
});

it("keeps lists, tables and preformatted code", () => {
  const page = `<body><ol><li>One<ul><li>inner</li></ul></li><li><p>Two</p><p>more</p></li></ol>
    <table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>x | y</td></tr></table>
    <pre><code class="language-sh">ls\n\n-l</code></pre></body>`;
  expect(textOf(page)).toBe(
    "1. One\n  - inner\n2. Two\n\nmore\n\na | b\n--- | ---\n1 | x \\| y\n\n```sh\nls\n\n-l\n```",
  );
});

it("reads a page that is laid out by tables", () => {
  expect(
    textOf("<table><tr><td>Menu</td><td><h2>Title</h2><p>Text.</p></td></tr></table>"),
  ).toContain("## Title\n\nText.");
});

it("takes the anchor of a heading from its section, and the title from the page", () => {
  const { blocks, title } = parseHtml(
    "<title>T</title><section id=s1><h2>One</h2><p>a</p></section><h2><a name=n></a>Two</h2>",
  );
  expect(title).toBe("T");
  expect(blocks.flatMap((block) => (block.kind === "heading" ? [block.anchor] : []))).toEqual([
    "s1",
    "n",
  ]);
});
