import { checkbox, codeBlock, directed, el, table } from "./elements.ts";
import { inline, type Reading } from "./inline.ts";

const MAX_DEPTH = 8;
const FENCE = /^( *)(`{3,}|~{3,})([^`]*)$/;
const HEADING = /^ {0,3}#{1,6}(?:[ \t]+(.*))?$/;
const RULE = /^ {0,3}(?:(?:- *){3,}|(?:\* *){3,}|(?:_ *){3,})$/;
const QUOTE = /^ {0,3}> ?/;
const ITEM = /^( *)(?:([-*+])|(\d{1,9})[.)])(?: +(.*)|$)/;
const TABLE_LINE = /^[ |:-]*-[ |:-]*$/;

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

function isBlank(line: string | undefined): boolean {
  return line === undefined || line.trim() === "";
}

/** The line after the block that begins at `start`. */
function endOfBlock(lines: readonly string[], start: number, depth: number): number {
  const first = lines[start] ?? "";
  const fence = FENCE.exec(first);
  if (fence) return endOfFence(lines, start, fence[2] ?? "");
  if (HEADING.test(first) || RULE.test(first)) return start + 1;
  if (depth < MAX_DEPTH) {
    if (QUOTE.test(first)) return endWhere(lines, start, (line) => !QUOTE.test(line));
    const item = ITEM.exec(first);
    if (item) return endOfList(lines, start, indentOf(first), item[2] === undefined);
  }
  if (isTable(lines, start)) return endWhere(lines, start, (line) => !line.includes("|"));
  return endWhere(lines, start, (line, at) => startsBlock(line, depth) || isTable(lines, at));
}

function endWhere(
  lines: readonly string[],
  start: number,
  ends: (line: string, at: number) => boolean,
): number {
  let at = start + 1;
  while (at < lines.length && !isBlank(lines[at]) && !ends(lines[at] ?? "", at)) at += 1;
  return at;
}

function endOfFence(lines: readonly string[], start: number, mark: string): number {
  for (let at = start + 1; at < lines.length; at += 1) {
    if (closesFence(lines[at] ?? "", mark)) return at + 1;
  }
  return lines.length;
}

function closesFence(line: string, mark: string): boolean {
  const text = line.trim();
  return text.startsWith(mark) && text === text.charAt(0).repeat(text.length);
}

/** A list ends at a line that is neither deeper than its markers nor another item of its kind. */
function endOfList(
  lines: readonly string[],
  start: number,
  indent: number,
  isOrdered: boolean,
): number {
  let end = start + 1;
  for (let at = start + 1; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    if (isBlank(line)) continue;
    const isInside = indentOf(line) >= indent + 2;
    if (!isInside && (RULE.test(line) || !isItemOf(line, isOrdered))) break;
    end = at + 1;
  }
  return end;
}

function isItemOf(line: string, isOrdered: boolean): boolean {
  const item = ITEM.exec(line);
  return item !== null && (item[2] === undefined) === isOrdered;
}

/** A paragraph gives way to these without an empty line; a number only when it is 1, as sentences may begin with a year. */
function startsBlock(line: string, depth: number): boolean {
  if (FENCE.test(line) || HEADING.test(line) || RULE.test(line)) return true;
  if (depth >= MAX_DEPTH) return false;
  const item = ITEM.exec(line);
  return QUOTE.test(line) || (item !== null && (item[2] !== undefined || item[3] === "1"));
}

/** A head row and the line under it; a row that starts with a bar is believed while that line is on its way. */
function isTable(lines: readonly string[], at: number): boolean {
  const line = lines[at] ?? "";
  const next = lines[at + 1];
  if (!line.includes("|")) return false;
  return next === undefined
    ? /^ *\|.*\| *$/.test(line)
    : next.includes("|") && TABLE_LINE.test(next);
}

function readBlock(lines: readonly string[], reading: Reading, depth: number): Node {
  const first = lines[0] ?? "";
  const fence = FENCE.exec(first);
  if (fence) return readCode(lines, fence[2] ?? "", (fence[1] ?? "").length);
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

function readCode(lines: readonly string[], mark: string, indent: number): Node {
  const isClosed = lines.length > 1 && closesFence(lines.at(-1) ?? "", mark);
  const code = lines.slice(1, isClosed ? -1 : undefined);
  return codeBlock(code.map((line) => line.slice(Math.min(indent, indentOf(line)))).join("\n"));
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

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
