// Where the blocks of a text begin and end, line by line.

/** Deeper nesting is an attack on the layout, not an answer. */
export const MAX_DEPTH = 8;
export const FENCE = /^( *)(`{3,}|~{3,})([^`]*)$/;
export const HEADING = /^ {0,3}#{1,6}(?:[ \t]+(.*))?$/;
export const RULE = /^ {0,3}(?:(?:- *){3,}|(?:\* *){3,}|(?:_ *){3,})$/;
export const QUOTE = /^ {0,3}> ?/;
export const ITEM = /^( *)(?:([-*+])|(\d{1,9})[.)])(?: +(.*)|$)/;
const TABLE_LINE = /^[ |:-]+$/;

/** The line after the block that begins at `start`. */
export function endOfBlock(lines: readonly string[], start: number, depth: number): number {
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

/** Whether the line ends a block of code that began with `mark`. */
export function closesFence(line: string, mark: string): boolean {
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
export function isTable(lines: readonly string[], at: number): boolean {
  const line = lines[at] ?? "";
  const next = lines[at + 1];
  if (!line.includes("|")) return false;
  return next === undefined
    ? /^ *\|.*\| *$/.test(line)
    : next.includes("|") && next.includes("-") && TABLE_LINE.test(next);
}

/** Nothing but space. */
export function isBlank(line: string | undefined): boolean {
  return line === undefined || line.trim() === "";
}

/** How many spaces a line begins with. */
export function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
