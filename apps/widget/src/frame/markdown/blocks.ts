import {
  closesFence,
  endOfBlock,
  FENCE,
  HEADING,
  ITEM,
  indentOf,
  isBlank,
  isTable,
  MAX_DEPTH,
  QUOTE,
  RULE,
} from "./block-ends.ts";
import type { Reading } from "./cursor.ts";
import { checkbox, codeBlock, directed, el, table } from "./elements.ts";
import { inline } from "./inline.ts";

/** One block of the answer: the lines it was read from, and what they became. */
export interface Block {
  readonly source: string;
  readonly node: Node;
}

/** Reads lines from the top; `reuse` may give back the node of an unchanged block. */
export function readBlocks(
  lines: readonly string[],
  reading: Reading,
  depth = 0,
  reuse?: (index: number, source: string) => Node | undefined,
): Block[] {
  const blocks: Block[] = [];
  for (let start = 0; start < lines.length; ) {
    if (isBlank(lines[start])) {
      start += 1;
      continue;
    }
    const end = endOfBlock(lines, start, depth);
    const own = lines.slice(start, end);
    const source = own.join("\n");
    // Only the last block of all can still grow.
    const inner = end < lines.length ? { ...reading, isGrowing: false } : reading;
    const old = inner.isGrowing ? undefined : reuse?.(blocks.length, source);
    blocks.push({ source, node: old ?? readBlock(own, inner, depth) });
    start = end;
  }
  return blocks;
}

function readBlock(lines: readonly string[], reading: Reading, depth: number): Node {
  const first = lines[0] ?? "";
  const fence = FENCE.exec(first);
  if (fence) return readCode(lines, reading, fence);
  if (RULE.test(first)) return el("hr");
  const heading = HEADING.exec(first);
  if (heading) {
    return directed("h2", inline((heading[1] ?? "").replace(/ #{1,6} *$/, ""), reading));
  }
  if (depth < MAX_DEPTH) {
    if (QUOTE.test(first)) {
      const inner = lines.map((line) => line.replace(QUOTE, ""));
      return el("blockquote", nodesOf(readBlocks(inner, reading, depth + 1)));
    }
    const item = ITEM.exec(first);
    if (item) return readList(lines, reading, depth, item);
  }
  if (isTable(lines, 0)) return readTable(lines, reading);
  return directed(
    "p",
    inline(
      lines
        .map((line) => line.trimStart())
        .join("\n")
        .trimEnd(),
      reading,
    ),
  );
}

function readCode(
  lines: readonly string[],
  { isGrowing, colour }: Reading,
  [, { length: indent } = "", mark = "", language = ""]: RegExpExecArray,
): Node {
  const isClosed = lines.length > 1 && closesFence(lines.at(-1) ?? "", mark);
  const inner = lines.slice(1, isClosed ? -1 : undefined);
  const code = inner.map((line) => line.slice(Math.min(indent, indentOf(line)))).join("\n");
  // Code that still grows would change its colours with every piece.
  const coloured = isGrowing && !isClosed ? undefined : colour?.(code, language.trim());
  return codeBlock(coloured ?? [code]);
}

function readTable([head = "", , ...body]: readonly string[], reading: Reading): Node {
  return table(
    [head, ...body].map((line) =>
      line
        .trim()
        .replace(/^\||(?<!\\)\|$/g, "")
        .split(/(?<!\\)\|/)
        .map((cell) => inline(cell.replaceAll("\\|", "|").trim(), reading)),
    ),
  );
}

function readList(
  lines: readonly string[],
  reading: Reading,
  depth: number,
  [, , bullet, number]: RegExpExecArray,
): Node {
  const indent = indentOf(lines[0] ?? "");
  const starts = lines.flatMap((line, at) =>
    indentOf(line) < indent + 2 && ITEM.test(line) ? [at] : [],
  );
  const items = starts.map((start, index) => {
    const end = starts[index + 1] ?? lines.length;
    const inner = end < lines.length ? { ...reading, isGrowing: false } : reading;
    return readItem(lines.slice(start, end), inner, depth, indent);
  });
  const attributes = { dir: "auto", ...(number && number !== "1" && { start: number }) };
  return el(bullet ? "ul" : "ol", items, attributes);
}

function readItem(lines: readonly string[], reading: Reading, depth: number, indent: number): Node {
  const [first = "", ...rest] = lines;
  const text = ITEM.exec(first)?.[4] ?? "";
  const task = /^\[([ xX])\] /.exec(text);
  const deeper = rest.filter((line) => !isBlank(line)).map(indentOf);
  const offset = Math.min(first.length - text.length, ...deeper, indent + 6);
  const inner = [
    task ? text.slice(task[0].length) : text,
    ...rest.map((line) => line.slice(offset)),
  ];

  const [opening, ...others] = nodesOf(readBlocks(inner, reading, depth + 1));
  // The words of an item stand beside its mark, not in a paragraph under it.
  const words = opening?.nodeName === "P" ? [...opening.childNodes] : opening ? [opening] : [];
  return el("li", [...(task ? [checkbox(task[1] !== " "), " "] : []), ...words, ...others]);
}

function nodesOf(blocks: readonly Block[]): Node[] {
  return blocks.map(({ node }) => node);
}
