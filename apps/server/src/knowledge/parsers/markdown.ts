import type { List, ListItem, Nodes, PhrasingContent, RootContent, Table } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { type Block, collapse, firstHeading, type ParsedDocument } from "./block.ts";
import { splitFrontMatter } from "./front-matter.ts";
import { parseHtmlFragment } from "./html.ts";
import { createSlugs } from "./slugs.ts";

const CUSTOM_ANCHOR = /\s*\{#([^\s{}]+)\}\s*$/;

/** Reads GitHub-flavoured Markdown; of MDX the prose is read and the code around it left out. */
export function parseMarkdown(source: string, options: { readonly mdx: boolean }): ParsedDocument {
  const { title, description, body } = splitFrontMatter(source);
  const tree = fromMarkdown(options.mdx ? withoutModuleLines(body) : body, {
    extensions: [gfm()],
    mdastExtensions: [gfmFromMarkdown()],
  });
  const reader = new MarkdownReader();
  if (description) reader.blocks.push({ kind: "paragraph", text: description });
  reader.readAll(tree.children, 0);
  return { title: title ?? firstHeading(reader.blocks), blocks: reader.blocks };
}

class MarkdownReader {
  readonly blocks: Block[] = [];
  readonly #slug = createSlugs();

  readAll(nodes: readonly RootContent[], depth: number): void {
    for (const node of nodes) this.#read(node, depth);
  }

  #read(node: RootContent, depth: number): void {
    switch (node.type) {
      case "heading":
        this.#readHeading(node.depth, inlineText(node.children));
        break;
      case "paragraph":
        this.#push({ kind: "paragraph", text: inlineText(node.children) });
        break;
      case "code":
        this.#push({ kind: "code", language: node.lang ?? "", text: node.value });
        break;
      case "list":
        this.#readList(node, depth);
        break;
      case "table":
        this.#readTable(node);
        break;
      case "html":
        for (const block of parseHtmlFragment(node.value)) {
          if (block.kind === "heading") this.#readHeading(block.level, block.text);
          else this.#push(block);
        }
        break;
      case "blockquote":
      case "footnoteDefinition":
        this.readAll(node.children, depth);
        break;
    }
  }

  #readHeading(level: number, text: string): void {
    const anchor = CUSTOM_ANCHOR.exec(text)?.[1];
    const heading = text.replace(CUSTOM_ANCHOR, "");
    const slug = this.#slug(heading.replaceAll("`", ""));
    this.#push({ kind: "heading", level, anchor: anchor ?? slug, text: heading });
  }

  #readList(list: List, depth: number): void {
    if (isTableOfContents(list)) return;
    let number = list.start ?? 1;
    for (const item of list.children) {
      this.#readItem(item, depth, list.ordered ? `${number++}.` : "-");
    }
  }

  #readItem(item: ListItem, depth: number, marker: string): void {
    const [first, ...rest] = item.children;
    if (first?.type === "paragraph") {
      this.#push({ kind: "list-item", depth, marker, text: inlineText(first.children) });
      this.readAll(rest, depth + 1);
    } else {
      this.readAll(item.children, depth + 1);
    }
  }

  #readTable(table: Table): void {
    for (const [index, row] of table.children.entries()) {
      const cells = row.children.map((cell) => inlineText(cell.children));
      this.#push({ kind: "table-row", cells, first: index === 0 });
    }
  }

  #push(block: Block): void {
    if (block.kind === "table-row" ? block.cells.some(Boolean) : block.text.trim()) {
      this.blocks.push(block);
    }
  }
}

/** A list of nothing but links within the page. */
function isTableOfContents(list: List): boolean {
  return list.children.every(({ children: [first, ...rest] }) => {
    const [link, another] = first?.type === "paragraph" ? first.children : [];
    if (link?.type !== "link" || another || !link.url.startsWith("#")) return false;
    return rest.every((node) => node.type === "list" && isTableOfContents(node));
  });
}

/** The words of inline Markdown on one line; code keeps its backticks, for they are read as such again. */
function inlineText(nodes: readonly PhrasingContent[]): string {
  return collapse(nodes.map(textOf).join(""));
}

function textOf(node: Nodes): string {
  switch (node.type) {
    case "inlineCode":
      return node.value.includes("`") ? node.value : `\`${node.value}\``;
    case "text":
      return node.value;
    case "break":
      return " ";
    case "html":
      return /^<br/i.test(node.value) ? " " : "";
    case "image":
    case "imageReference":
      return node.alt ?? "";
    case "footnoteReference":
      return "";
    default:
      return "children" in node ? node.children.map(textOf).join("") : "";
  }
}

/** MDX's `import` and `export` statements stand at the beginning of a line, outside of code. */
function withoutModuleLines(source: string): string {
  let fence: string | undefined;
  let statement = false;
  const kept: string[] = [];
  for (const line of source.split("\n")) {
    const mark = /^\s*(```+|~~~+)/.exec(line)?.[1];
    if (mark && !statement) {
      if (fence === undefined) fence = mark;
      else if (mark.startsWith(fence)) fence = undefined;
    }
    if (fence === undefined && /^(?:import|export)\s/.test(line)) statement = true;
    if (line.trim() === "") statement = false;
    if (!statement) kept.push(line);
  }
  return kept.join("\n");
}
