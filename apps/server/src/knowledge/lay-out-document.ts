import type { Block } from "./parsers/block.ts";

/** Longer code is cut into several fenced blocks, so that each can be quoted whole. */
const MAX_CODE_CHARACTERS = 2_400;

/** The headings that a piece of text stands under. */
export interface Section {
  /** Outermost first. */
  readonly path: readonly string[];
  readonly anchor: string;
}

/** Where a block stands in the text, in UTF-16 units. */
export interface Span {
  readonly kind: Block["kind"];
  /** Of a heading; 0 for the others. */
  readonly level: number;
  readonly section: Section;
  readonly start: number;
  readonly end: number;
}

/** The plain text of a document, and where its blocks stand in it. */
export interface LaidOutDocument {
  readonly text: string;
  readonly spans: readonly Span[];
}

/** Writes the blocks as simple Markdown: it reads well as it is, and its structure can be read again. */
export function layOutDocument(blocks: readonly Block[]): LaidOutDocument {
  const parts: string[] = [];
  const spans: Span[] = [];
  const open: { readonly level: number; readonly text: string }[] = [];
  let section: Section = { path: [], anchor: "" };
  let length = 0;
  let before: Block | undefined;

  for (const block of blocks.flatMap(cutLongCode)) {
    if (block.kind === "heading") {
      while ((open.at(-1)?.level ?? 0) >= block.level) open.pop();
      open.push(block);
      section = { path: open.map(({ text }) => text), anchor: block.anchor };
    }
    const separator = before ? separatorOf(before, block) : "";
    const text = write(block);
    const start = length + separator.length;
    length = start + text.length;
    parts.push(separator, text);
    const level = block.kind === "heading" ? block.level : 0;
    spans.push({ kind: block.kind, level, section, start, end: length });
    before = block;
  }
  return { text: parts.join(""), spans };
}

function separatorOf(before: Block, block: Block): string {
  if (before.kind === "list-item" && block.kind === "list-item") return "\n";
  return before.kind === "table-row" && block.kind === "table-row" && !block.first ? "\n" : "\n\n";
}

function write(block: Block): string {
  switch (block.kind) {
    case "heading":
      return `${"#".repeat(block.level)} ${block.text}`;
    case "paragraph":
      return block.text;
    case "list-item":
      return `${"  ".repeat(block.depth)}${block.marker} ${block.text}`;
    case "table-row": {
      const row = block.cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ");
      return block.first ? `${row}\n${block.cells.map(() => "---").join(" | ")}` : row;
    }
    case "code": {
      const fence = "`".repeat(Math.max(3, longestRunOfBackticks(block.text) + 1));
      return `${fence}${block.language}\n${block.text}\n${fence}`;
    }
  }
}

function longestRunOfBackticks(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
}

function cutLongCode(block: Block): Block[] {
  if (block.kind !== "code" || block.text.length <= MAX_CODE_CHARACTERS) return [block];
  const pieces: string[] = [];
  let piece = "";
  for (const line of block.text.split("\n")) {
    if (piece && piece.length + line.length > MAX_CODE_CHARACTERS) {
      pieces.push(piece);
      piece = "";
    }
    piece += piece ? `\n${line}` : line;
  }
  pieces.push(piece);
  return pieces.map((text) => ({ ...block, text }));
}
