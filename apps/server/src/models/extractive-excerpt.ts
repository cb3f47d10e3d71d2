import type { Context } from "@orcha/contract";
import type { Analyser } from "../retrieval/analyser.ts";
import { type PassageBlock, sentencesOf } from "../retrieval/passage-blocks.ts";
import type { QuestionWord } from "../retrieval/question.ts";
import type { Candidate } from "./extractive-rank.ts";

/** Prose stops growing here; a list or code is quoted whole however long it is. */
const ENOUGH_WORDS = 70;
const MAX_PARAGRAPH_WORDS = 80;
const MAX_LIST_WORDS = 150;
/** Of a longer list without numbers the one item is quoted that says it all, if there is one. */
const MAX_REFERENCE_WORDS = 50;
const MAX_TABLE_ROWS = 12;
/** Code is followed by so much of what explains it. */
const MAX_EXPLAINING_WORDS = 45;

/** The block with what it needs to be understood: its announcing sentence, and what it announces itself. */
export function quoteAround(
  { context, blocks, index }: Candidate,
  contexts: readonly Context[],
  words: readonly QuestionWord[],
  analyser: Analyser,
): string {
  const passage = contexts[context]?.text ?? "";
  const block = blocks[index];
  if (!block) return "";
  let [start, end] = bestPart(block, (text) => coverage(text, words, analyser));

  const before = blocks[index - 1];
  if (start === block.start && block.kind !== "paragraph" && before?.kind === "paragraph") {
    start = before.start + (sentencesOf(before.text).at(-1)?.[0] ?? 0);
  }
  for (let at = index + 1; end === blocks[at - 1]?.end; at += 1) {
    const more = continuation(passage.slice(start, end), blocks[at - 1], blocks[at]);
    if (more === undefined) break;
    end = more;
  }
  return passage.slice(start, end).trim();
}

/** Where the quote ends if the next block, or the beginning of it, still belongs to it. */
function continuation(
  text: string,
  last: PassageBlock | undefined,
  next: PassageBlock | undefined,
): number | undefined {
  if (!last || !next || next.kind === "heading") return undefined;
  if (text.endsWith(":") || (next.kind === "code" && last.kind === "paragraph")) return next.end;
  if (next.kind !== "paragraph" || next.text.endsWith(":")) return undefined;
  if (last.kind !== "code") {
    return countWords(text) + countWords(next.text) <= ENOUGH_WORDS ? next.end : undefined;
  }
  const isShort = ([, end]: readonly [number, number]) =>
    countWords(next.text.slice(0, end)) <= MAX_EXPLAINING_WORDS;
  const explaining = sentencesOf(next.text).findLast(isShort);
  return explaining && next.start + explaining[1];
}

/** A long list without numbers tells what its best item tells, not all that its items say together. */
export function bestLine(
  block: PassageBlock,
  words: readonly QuestionWord[],
  analyser: Analyser,
): string {
  if (!isReferenceList(block)) return block.text;
  const lines = block.text
    .split("\n")
    .map((text) => [text, coverage(text, words, analyser)] as const);
  return lines.reduce((best, line) => (line[1] > best[1] ? line : best))[0];
}

function isReferenceList({ kind, text }: PassageBlock): boolean {
  return kind === "list" && !/^\s*\d/.test(text) && countWords(text) > MAX_REFERENCE_WORDS;
}

/** The whole block, unless it is long prose or a long list: then what fits the question best in it. */
function bestPart(block: PassageBlock, score: (text: string) => number): [number, number] {
  const whole: [number, number] = [block.start, block.end];
  if (block.kind === "code") return whole;
  const lines = block.text.split("\n");
  if (block.kind === "paragraph" && countWords(block.text) <= MAX_PARAGRAPH_WORDS) return whole;
  if (block.kind === "list" && !isReferenceList(block)) return whole;
  if (block.kind === "table" && lines.length <= MAX_TABLE_ROWS) return whole;

  const parts = block.kind === "paragraph" ? sentencesOf(block.text) : lineRanges(lines);
  const scores = parts.map(([start, end]) => score(block.text.slice(start, end)));
  const first = scores.indexOf(Math.max(...scores));
  let last = first;
  if (block.kind === "list" && countWords(block.text) <= MAX_LIST_WORDS) {
    if ((scores[first] ?? 0) < 0.8 * score(block.text)) return whole; // its items answer together
  }
  const limit = block.kind === "paragraph" ? ENOUGH_WORDS : 0;
  const textTo = (part: number) => block.text.slice(parts[first]?.[0], parts[part]?.[1]);
  while (last + 1 < parts.length && countWords(textTo(last + 1)) <= limit) last += 1;
  return [block.start + (parts[first]?.[0] ?? 0), block.start + (parts[last]?.[1] ?? 0)];
}

function lineRanges(lines: readonly string[]): [number, number][] {
  let start = 0;
  return lines.map((line) => {
    const range: [number, number] = [start, start + line.length];
    start += line.length + 1;
    return range;
  });
}

function coverage(text: string, words: readonly QuestionWord[], analyser: Analyser): number {
  const terms = new Set(analyser.termsOf(text));
  return words.reduce(
    (sum, word) => sum + (word.terms.some((term) => terms.has(term)) ? word.weight : 0),
    0,
  );
}

function countWords(text: string): number {
  return text.split(/\s+/).length;
}
