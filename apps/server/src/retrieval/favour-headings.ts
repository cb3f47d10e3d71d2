import type { Analyser } from "./analyser.ts";
import type { FoundPassage } from "./find-passages.ts";
import { blocksOf } from "./passage-blocks.ts";
import type { WeighedQuestion } from "./weigh-words.ts";

/** A passage under a heading that says all that the question says gains this share of its score. */
const HEADING_GAIN = 0.3;
/** The opening of a document with such a title gains this more: it was written to answer just that. */
const OPENING_GAIN = 0.3;

/** Ranks passages higher whose own heading is what was asked; the document's title is the heading of its opening. */
export function favourHeadings(
  found: readonly FoundPassage[],
  question: WeighedQuestion,
  analysers: readonly Analyser[],
): readonly FoundPassage[] {
  const share = (heading: string) => shareIn(heading, question, analysers);
  return found
    .map((passage) => {
      const opening = passage.start_offset === 0 ? share(passage.title) : 0;
      const heading = Math.max(opening, ...headingsOf(passage).map(share));
      const gain = HEADING_GAIN * heading + OPENING_GAIN * opening;
      return { ...passage, score: passage.score * (1 + gain) };
    })
    .sort((a, b) => b.score - a.score);
}

/** The headings in the passage, and the one it stands under. */
function headingsOf({ heading, text }: FoundPassage): readonly string[] {
  const inside = blocksOf(text).flatMap((block) => (block.kind === "heading" ? [block.text] : []));
  const nearest = heading.split(" › ").at(-1);
  return nearest ? [...inside, nearest] : inside;
}

/** The share of the question that the heading says. */
function shareIn(
  heading: string,
  { words, total }: WeighedQuestion,
  analysers: readonly Analyser[],
): number {
  const terms = new Set(analysers.flatMap((analyser) => analyser.termsOf(heading)));
  const said = words.filter((word) => word.terms.some((term) => terms.has(term)));
  return said.reduce((sum, { weight }) => sum + weight, 0) / (total || 1);
}
