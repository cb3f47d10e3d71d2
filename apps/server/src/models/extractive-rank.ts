import type { Context } from "@orcha/contract";
import type { Analyser } from "../retrieval/analyser.ts";
import { rarityOf } from "../retrieval/bm25.ts";
import { blocksOf, type PassageBlock } from "../retrieval/passage-blocks.ts";
import type { QuestionWord } from "../retrieval/question.ts";

/** A block of a context that may answer the question. */
export interface Candidate {
  /** Index in the contexts, from 0. */
  readonly context: number;
  readonly blocks: readonly PassageBlock[];
  readonly index: number;
  readonly score: number;
  /** The share of the question that the block and its headings speak of, for each of its words. */
  readonly answered: readonly number[];
}

/** How much a word tells that stands in the heading above the block, or only in the document's title. */
const HEADING_SHARE = 0.9;
const TITLE_SHARE = 0.6;
/** What a block gains under a heading that says all that the question says, and by opening the section. */
const SECTION_GAIN = 0.3;
const OPENING_GAIN = 0.15;
/** How far the retriever's own ranking counts. */
const TRUST = 0.7;
const MAX_WORDS = 150;

const POINTING = /\b(?:see also|related|references|table of contents|further reading)\b/i;
/** "… see embed the widget": what it names is told elsewhere. */
const CROSS_REFERENCE = /(^|[.:;,(–—]\s*)(?:please )?see\b[^.;)]*/gi;

/** The blocks of the contexts, those first that speak most of the question. */
export function rankBlocks(
  words: readonly QuestionWord[],
  contexts: readonly Context[],
  analyser: Analyser,
  tellingText: (block: PassageBlock) => string,
): readonly Candidate[] {
  const read = contexts.flatMap((context, at) => readBlocks(context, at, analyser, tellingText));
  // Among passages that were found by the question's main word nearly every block has it: rarity here tells little.
  // A word that none has counts as one that is rare here.
  const weights = words.map((word) => {
    const having = Math.max(1, read.filter(({ terms }) => has(terms, word)).length);
    return word.weight * (1 + 0.2 * rarityOf(having, Math.max(having, read.length)));
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0) || 1;
  const shares = weights.map((weight) => weight / total);
  const bestContext = Math.max(...contexts.map(({ score }) => score ?? 0), 0) || 1;

  return read
    .filter(({ blocks, index }) => blocks[index]?.kind !== "heading")
    .map(({ terms, heading, title, ...candidate }) => {
      const sum = (told: (word: QuestionWord) => number) =>
        words.reduce((so, word, at) => so + told(word) * (shares[at] ?? 0), 0);
      const speaks = (word: QuestionWord) => {
        if (has(terms, word)) return 1;
        return has(heading, word) ? HEADING_SHARE : has(title, word) ? TITLE_SHARE : 0;
      };
      const section = sum((word) => (has(heading, word) ? 1 : 0));
      const trust = (contexts[candidate.context]?.score ?? bestContext) / bestContext;
      const score = sum(speaks) + SECTION_GAIN * section + bonus(candidate.blocks, candidate.index);
      return {
        ...candidate,
        score: score * (1 - TRUST + TRUST * trust),
        answered: words.map((word, at) => (speaks(word) > 0 ? (shares[at] ?? 0) : 0)),
      };
    })
    .sort((a, b) => b.score - a.score);
}

/** The terms of every block, of the heading it stands under and of its document's title. */
function readBlocks(
  context: Context,
  at: number,
  analyser: Analyser,
  tellingText: (block: PassageBlock) => string,
) {
  const blocks = blocksOf(context.text);
  const path = (context.title ?? "").split(" › ");
  const title = new Set(analyser.termsOf(path[0] ?? ""));
  let heading = new Set(analyser.termsOf(path.at(-1) ?? ""));
  return blocks.map((block, index) => {
    if (block.kind === "heading") heading = new Set(analyser.termsOf(block.text));
    const text = tellingText(block).replace(CROSS_REFERENCE, "$1");
    return { context: at, blocks, index, terms: new Set(analyser.termsOf(text)), heading, title };
  });
}

/** What opens a section says what it is about; what only points elsewhere answers nothing. */
function bonus(blocks: readonly PassageBlock[], index: number): number {
  if (POINTING.test(headingAbove(blocks, index))) return -0.5;
  const block = blocks[index];
  if (!block || block.text.split(/\s+/).length > MAX_WORDS) return -0.2;
  return blocks[index - 1]?.kind === "heading" ? OPENING_GAIN : 0;
}

function headingAbove(blocks: readonly PassageBlock[], index: number): string {
  return blocks.slice(0, index).findLast(({ kind }) => kind === "heading")?.text ?? "";
}

function has(terms: ReadonlySet<string>, word: QuestionWord): boolean {
  return word.terms.some((term) => terms.has(term));
}
