import { type Block, collapse, firstHeading, type ParsedDocument } from "./block.ts";
import { createSlugs } from "./slugs.ts";

const UNDERLINE = /^(=|-|~|\^|\*|#|"|\+)\1{2,}\s*$/;
const LIST_ITEM = /^(\s*)([-*•+]|\d{1,3}[.)])\s+(\S.*)$/;

/** Reads plain text and reStructuredText: paragraphs, lists, indented code and underlined headings. */
export function parseText(source: string): ParsedDocument {
  const slug = createSlugs();
  const levels: string[] = [];
  const blocks: Block[] = [];

  for (const lines of paragraphsOf(source)) {
    const [first, second, ...rest] = withoutOverline(lines);
    const underline = second === undefined ? undefined : UNDERLINE.exec(second)?.[1];
    if (first !== undefined && underline !== undefined && /\S/.test(first)) {
      if (!levels.includes(underline)) levels.push(underline);
      const level = Math.min(6, levels.indexOf(underline) + 1);
      const text = collapse(first);
      blocks.push({ kind: "heading", level, anchor: slug(text), text });
      blocks.push(...blocksOf(rest));
    } else {
      blocks.push(...blocksOf(lines));
    }
  }
  return { title: firstHeading(blocks), blocks };
}

function* paragraphsOf(source: string): Generator<string[]> {
  let lines: string[] = [];
  for (const line of source.split(/\r\n|\r|\n/)) {
    if (line.trim()) lines.push(line.replaceAll("\t", "    "));
    else if (lines.length > 0) {
      yield lines;
      lines = [];
    }
  }
  if (lines.length > 0) yield lines;
}

function withoutOverline(lines: string[]): string[] {
  return UNDERLINE.test(lines[0] ?? "") && lines[2] === lines[0] ? lines.slice(1) : lines;
}

function blocksOf(lines: readonly string[]): Block[] {
  if (lines.length === 0) return [];
  if (lines.every((line) => /^ {4}/.test(line))) {
    return [{ kind: "code", language: "", text: lines.map((line) => line.slice(4)).join("\n") }];
  }
  const blocks: Block[] = [];
  let open: { marker: string; depth: number; lines: string[] } | undefined;
  const close = () => {
    if (!open) return;
    const text = collapse(open.lines.join(" "));
    const { marker, depth } = open;
    blocks.push(marker ? { kind: "list-item", depth, marker, text } : { kind: "paragraph", text });
    open = undefined;
  };
  for (const line of lines) {
    const item = LIST_ITEM.exec(line);
    if (item) {
      close();
      const [, indent = "", bullet = "", text = ""] = item;
      const marker = /\d/.test(bullet) ? `${Number.parseInt(bullet, 10)}.` : "-";
      open = { marker, depth: Math.floor(indent.length / 2), lines: [text] };
    } else if (open) open.lines.push(line);
    else open = { marker: "", depth: 0, lines: [line] };
  }
  close();
  return blocks;
}
