import type { Context } from "@orcha/contract";
import type { Analyser } from "../retrieval/analyser.ts";
import { rarityOf } from "../retrieval/bm25.ts";
import type { QuestionWord } from "../retrieval/question.ts";
import { blocksOf, type PassageBlock, sentencesOf } from "./extractive-blocks.ts";

/** A verbatim piece of a context. */
export interface Quote {
  /** Index in the contexts, from 0. */
  readonly context: number;
  readonly text: string;
}

const MAX_QUOTES = 3;
/** Prose stops growing here; a list or code is quoted whole however long it is. */
const ENOUGH_WORDS = 50;
const MAX_PARAGRAPH_WORDS = 80;
const MAX_LIST_WORDS = 150;
/** Of a longer list without numbers the one item is quoted that says it all, if there is one. */
const MAX_REFERENCE_WORDS = 50;
const MAX_TABLE_ROWS = 12;
/** A block must have this share of what the question is about to count as an answer. */
const MIN_SCORE = 0.4;
/** A further quote must be nearly as good as the first. */
const MIN_RELATIVE_SCORE = 0.85;
/** A word in the heading above tells nearly as much as one in the block. */
const HEADING_SHARE = 0.7;

const POINTING = /\b(?:see also|related|references|table of contents|further reading)\b/i;

interface Candidate {
  readonly context: number;
  readonly blocks: readonly PassageBlock[];
  readonly index: number;
  readonly score: number;
}

/** The pieces that answer the question best, best first; none when the contexts hold no answer. */
export function chooseQuotes(
  words: readonly QuestionWord[],
  contexts: readonly Context[],
  analyser: Analyser,
  maxWords: number,
): readonly Quote[] {
  const candidates = rank(words, contexts, analyser);
  const best = candidates[0]?.score ?? 0;
  const quotes: Quote[] = [];
  let length = 0;
  for (const candidate of candidates) {
    if (candidate.score < Math.max(MIN_SCORE, best * MIN_RELATIVE_SCORE)) break;
    if (quotes.length === MAX_QUOTES || length >= maxWords) break;
    const text = quoteAround(candidate, contexts, words, analyser);
    if (quotes.some((quote) => overlap(quote.text, text))) continue;
    if (hasCode(text) && quotes.some((quote) => hasCode(quote.text))) continue;
    const wordCount = countWords(text);
    if (quotes.length > 0 && length + wordCount > maxWords) continue;
    quotes.push({ context: candidate.context, text });
    length += wordCount;
  }
  return quotes;
}

function rank(
  words: readonly QuestionWord[],
  contexts: readonly Context[],
  analyser: Analyser,
): Candidate[] {
  const scored = contexts.flatMap((context, index) => {
    const blocks = blocksOf(context.text);
    return blocks.map((block, at) => ({
      context: index,
      blocks,
      index: at,
      terms: new Set(analyser.termsOf(tellingText(block, words, analyser))),
      headings: new Set(analyser.termsOf(`${context.title ?? ""} ${headingAbove(blocks, at)}`)),
    }));
  });
  // Among passages that were found by the question's main word nearly every block has it: rarity here tells little.
  const weights = words.map((word) => {
    const having = scored.filter(({ terms }) => has(terms, word)).length;
    return word.weight * (1 + 0.2 * rarityOf(having, Math.max(having, scored.length)));
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0) || 1;
  const bestContext = Math.max(...contexts.map(({ score }) => score ?? 0), 0) || 1;

  return scored
    .filter(({ blocks, index }) => blocks[index]?.kind !== "heading")
    .map(({ terms, headings, ...candidate }) => {
      let matched = 0;
      for (const [at, word] of words.entries()) {
        const weight = weights[at] ?? 0;
        if (has(terms, word)) matched += weight;
        else if (has(headings, word)) matched += weight * HEADING_SHARE;
      }
      const opensDocument = candidate.index <= 1 && contexts[candidate.context]?.start === 0;
      const score =
        matched / total + bonus(candidate.blocks, candidate.index) + (opensDocument ? 0.1 : 0);
      const trust = (contexts[candidate.context]?.score ?? bestContext) / bestContext;
      return { ...candidate, score: score * (0.4 + 0.6 * trust) };
    })
    .sort((a, b) => b.score - a.score);
}

/** A long list without numbers tells what its best item tells, not all that its items say together. */
function tellingText(
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

/** What opens a section says what it is about; what only points elsewhere answers nothing. */
function bonus(blocks: readonly PassageBlock[], index: number): number {
  if (POINTING.test(headingAbove(blocks, index))) return -0.5;
  const block = blocks[index];
  if (!block || countWords(block.text) > MAX_LIST_WORDS) return -0.2;
  return blocks[index - 1]?.kind === "heading" && block.kind === "paragraph" ? 0.1 : 0;
}

function hasCode(text: string): boolean {
  return text.includes("```");
}

function has(terms: ReadonlySet<string>, word: QuestionWord): boolean {
  return word.terms.some((term) => terms.has(term));
}

function headingAbove(blocks: readonly PassageBlock[], index: number): string {
  for (let at = index; at >= 0; at -= 1) {
    const block = blocks[at];
    if (block?.kind === "heading") return block.text;
  }
  return "";
}

/** The block with what it needs to be understood: its announcing sentence, and what it announces itself. */
function quoteAround(
  { context, blocks, index }: Candidate,
  contexts: readonly Context[],
  words: readonly QuestionWord[],
  analyser: Analyser,
): string {
  const passage = contexts[context]?.text ?? "";
  const block = blocks[index];
  if (!block) return "";
  const score = (text: string) => coverage(text, words, analyser);
  let [start, end] = bestPart(block, score);

  const before = blocks[index - 1];
  if (start === block.start && block.kind !== "paragraph" && before?.kind === "paragraph") {
    start = before.start + (sentencesOf(before.text).at(-1)?.[0] ?? 0);
  }
  for (let at = index + 1; end === blocks[at - 1]?.end; at += 1) {
    const next = blocks[at];
    const text = passage.slice(start, end);
    if (!next || next.kind === "heading") break;
    const announced = text.endsWith(":") || (next.kind === "code" && block.kind === "paragraph");
    const growing =
      next.kind === "paragraph" &&
      countWords(next.text) > 4 &&
      !next.text.endsWith(":") &&
      countWords(text) + countWords(next.text) <= ENOUGH_WORDS;
    if (!announced && !growing) break;
    end = next.end;
  }
  return passage.slice(start, end).trim();
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
  return words.reduce((sum, word) => sum + (has(terms, word) ? word.weight : 0), 0);
}

function countWords(text: string): number {
  return text.split(/\s+/).length;
}

/** Whether two quotes say much the same. */
function overlap(one: string, other: string): boolean {
  const words = new Set(one.toLowerCase().split(/\s+/));
  const others = new Set(other.toLowerCase().split(/\s+/));
  const shared = [...others].filter((word) => words.has(word)).length;
  return shared >= 0.7 * Math.min(words.size, others.size);
}
