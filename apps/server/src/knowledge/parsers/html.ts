import { type Block, collapse, firstHeading, type ParsedDocument } from "./block.ts";
import { type DomNode, domOf } from "./dom.ts";
import { HtmlReader } from "./html-reader.ts";

const MAIN = ["main", '[role="main"]', "article"];

/** Reads the main content of a page: what is not navigation, page header or footer, form or script. */
export function parseHtml(source: string): ParsedDocument {
  const document = domOf(source);
  const main = mainContent(document);
  const title = collapse(document.querySelector("title")?.textContent ?? "");
  const blocks = new HtmlReader(main.localName !== "body" && main !== document).read(main);
  return { title: firstHeading(blocks) ?? (title || undefined), blocks };
}

/** Reads a piece of HTML inside another document. */
export function parseHtmlFragment(source: string): readonly Block[] {
  if (!/>\s*[^<\s]/.test(source.replace(/<!--[\s\S]*?(?:-->|$)/g, ""))) return [];
  return new HtmlReader(true).read(domOf(`<body>${source}</body>`));
}

function mainContent(document: DomNode): DomNode {
  for (const selector of MAIN) {
    const [only, another] = document.querySelectorAll(selector);
    if (only && !another) return only;
  }
  return document.querySelector("main") ?? document.querySelector("body") ?? document;
}
