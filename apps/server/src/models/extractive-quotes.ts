import type { Context } from "@orcha/contract";
import type { Analyser } from "../retrieval/analyser.ts";
import type { QuestionWord } from "../retrieval/question.ts";
import { bestLine, quoteAround } from "./extractive-excerpt.ts";
import { type Candidate, rankBlocks } from "./extractive-rank.ts";

/** A verbatim piece of a context. */
export interface Quote {
  /** Index in the contexts, from 0. */
  readonly context: number;
  readonly text: string;
}

const MAX_QUOTES = 3;
/** What is quoted must speak of this share of the question; words that no document has count as rare ones. */
const MIN_ANSWERED = 0.42;
const MIN_ANSWERED_FURTHER = 0.3;
/** A further quote must tell this much of the question that those before it do not, and be this good beside the first. */
const MIN_ADDED = 0.2;
const MIN_ADDING_SCORE = 0.45;
/** Or be nearly as good as the first, when that is short. */
const MIN_EQUAL_SCORE = 0.93;
const SHORT_WORDS = 40;

/** The pieces that answer the question best, best first; none when the contexts hold no answer. */
export function chooseQuotes(
  words: readonly QuestionWord[],
  contexts: readonly Context[],
  analyser: Analyser,
  maxWords: number,
): readonly Quote[] {
  const candidates = rankBlocks(words, contexts, analyser, (block) =>
    bestLine(block, words, analyser),
  ).filter(({ answered }) => sum(answered) >= MIN_ANSWERED_FURTHER);
  const best = candidates.find(({ answered }) => sum(answered) >= MIN_ANSWERED);
  if (!best) return [];
  const quotes: Quote[] = [];
  let told = words.map(() => 0);
  let length = 0;
  for (const candidate of [best, ...candidates]) {
    if (quotes.length === MAX_QUOTES || length >= maxWords) break;
    if (quotes.some(({ context }) => context === candidate.context)) continue;
    if (quotes.length > 0 && !isWorthAdding(candidate, best, told, length)) continue;
    const text = quoteAround(candidate, contexts, words, analyser);
    const isRepeating = quotes.some(
      (quote) => overlap(quote.text, text) || (hasCode(quote.text) && hasCode(text)),
    );
    const wordCount = text.split(/\s+/).length;
    if (isRepeating || (quotes.length > 0 && length + wordCount > maxWords)) continue;
    quotes.push({ context: candidate.context, text });
    told = told.map((share, at) => Math.max(share, candidate.answered[at] ?? 0));
    length += wordCount;
  }
  return quotes;
}

function isWorthAdding(
  candidate: Candidate,
  best: Candidate,
  told: readonly number[],
  length: number,
): boolean {
  if (length < SHORT_WORDS && candidate.score >= MIN_EQUAL_SCORE * best.score) return true;
  const added = candidate.answered.map((share, at) => Math.max(0, share - (told[at] ?? 0)));
  return sum(added) >= MIN_ADDED && candidate.score >= MIN_ADDING_SCORE * best.score;
}

function sum(shares: readonly number[]): number {
  return shares.reduce((so, share) => so + share, 0);
}

function hasCode(text: string): boolean {
  return text.includes("```");
}

/** Whether two quotes say much the same. */
function overlap(one: string, other: string): boolean {
  const words = new Set(one.toLowerCase().split(/\s+/));
  const others = new Set(other.toLowerCase().split(/\s+/));
  const shared = [...others].filter((word) => words.has(word)).length;
  return shared >= 0.7 * Math.min(words.size, others.size);
}
