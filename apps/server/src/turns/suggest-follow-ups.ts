import type { Context, TurnEvent } from "@orcha/contract";

const MAX_SUGGESTIONS = 3;
/** In code points. A longer heading is no suggestion; cut, it would be no question. */
const MAX_CHARS = 80;
const CITATION = /\[(\d{1,3}(?:, ?\d{1,3})*)\]/g;

/** An answer with what it was made of, as it is stored. */
export interface SuggestingTurn {
  readonly question: string;
  /** Undefined when retrieval did not run. */
  readonly contexts: readonly Context[] | undefined;
  readonly text: string;
  /** The last event. */
  readonly end: TurnEvent;
}

/** What may be asked next: the headings of passages that were found and that the answer does not cite. */
export function suggestFollowUps({ question, contexts = [], text, end }: SuggestingTurn): string[] {
  if (end.event !== "turn-end" || end.data.finish_reason !== "stop") return [];
  const cited = citedIn(text);
  const known = new Set([comparable(question)]);
  for (const number of cited) known.add(comparable(headingOf(contexts[number - 1])));
  const suggestions: string[] = [];
  for (const [at, context] of contexts.entries()) {
    const heading = headingOf(context);
    const isKnown = known.has(comparable(heading));
    if (cited.has(at + 1) || heading === "" || isKnown || [...heading].length > MAX_CHARS) continue;
    known.add(comparable(heading));
    suggestions.push(heading);
    if (suggestions.length === MAX_SUGGESTIONS) break;
  }
  return suggestions;
}

/** The numbers in marks like `[1]` and `[1, 2]`. */
function citedIn(text: string): ReadonlySet<number> {
  const marks = [...text.matchAll(CITATION)];
  return new Set(marks.flatMap(([, numbers = ""]) => numbers.split(",").map(Number)));
}

/** The last part of a title such as `Billing › Refunds`. */
function headingOf(context: Context | undefined): string {
  return (context?.title?.split(" › ").at(-1) ?? "").replace(/\s+/g, " ").trim();
}

/** Case, and the signs at the end, make no other question. */
function comparable(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/\s+/g, " ")
    .replace(/[\s\p{P}]+$/u, "")
    .trim();
}
