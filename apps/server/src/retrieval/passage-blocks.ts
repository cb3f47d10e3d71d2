/** A block of a passage, found again in the simple Markdown that knowledge/ writes. Offsets are UTF-16 units. */
export interface PassageBlock {
  readonly kind: "heading" | "paragraph" | "list" | "table" | "code";
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

const HEADING = /^#{1,6} /;
const LIST_ITEM = /^\s*(?:-|\d+\.) /;
const TABLE_RULE = /^---(?: \| ---)*$/;
const FENCE = /^(`{3,})/;

/** Reads the blocks of a passage in order; their texts are slices of it. */
export function blocksOf(passage: string): PassageBlock[] {
  const blocks: PassageBlock[] = [];
  const lines = linesOf(passage);
  const texts = lines.map(({ text }) => text);
  let at = 0;
  while (at < lines.length) {
    const line = lines[at];
    if (!line || line.text.trim() === "") {
      at += 1;
      continue;
    }
    const kind = kindOf(line.text, lines[at + 1]?.text);
    const first = at;
    at = lastLine(kind, texts, at) + 1;
    const end = (lines[at - 1] ?? line).end;
    const start = lines[first]?.start ?? 0;
    blocks.push({ kind, start, end, text: passage.slice(start, end) });
  }
  return blocks;
}

function linesOf(
  passage: string,
): { readonly start: number; readonly end: number; readonly text: string }[] {
  let start = 0;
  return passage.split("\n").map((text) => {
    const line = { start, end: start + text.length, text };
    start = line.end + 1;
    return line;
  });
}

function kindOf(line: string, next: string | undefined): PassageBlock["kind"] {
  if (FENCE.test(line)) return "code";
  if (HEADING.test(line)) return "heading";
  if (LIST_ITEM.test(line)) return "list";
  return next !== undefined && TABLE_RULE.test(next) ? "table" : "paragraph";
}

function lastLine(kind: PassageBlock["kind"], lines: readonly string[], first: number): number {
  if (kind === "heading") return first;
  let at = first;
  if (kind === "code") {
    const fence = FENCE.exec(lines[first] ?? "")?.[1] ?? "```";
    do at += 1;
    while (at < lines.length && lines[at] !== fence);
    return Math.min(at, lines.length - 1);
  }
  while ((lines[at + 1] ?? "").trim() !== "") at += 1;
  return at;
}

/** The sentences of a paragraph, as [start, end] in it. */
export function sentencesOf(paragraph: string): readonly (readonly [number, number])[] {
  const sentences: [number, number][] = [];
  let start = 0;
  for (const end of paragraph.matchAll(
    /(?:[.!?]["')\]*`]*(?=\s+[\p{Lu}\p{N}"'`([])|:(?=\s+\p{Lu})|[。！？])/gu,
  )) {
    const stop = end.index + end[0].length;
    sentences.push([start, stop]);
    start = stop + (/^\s*/.exec(paragraph.slice(stop))?.[0].length ?? 0);
  }
  if (start < paragraph.length) sentences.push([start, paragraph.length]);
  return sentences;
}
