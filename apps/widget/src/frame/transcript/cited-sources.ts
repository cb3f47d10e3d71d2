import type { Context } from "@orcha/contract";
import { say } from "../kit.ts";

/** A passage with the number it is cited by. */
export interface NumberedSource {
  readonly number: number;
  readonly context: Context;
  /** Shown at once; the others wait behind a button. */
  readonly isMain: boolean;
}

const SHOWN_WITHOUT_CITATION = 3;

/** All passages by number; the cited ones are the main ones, or the best few when the answer cites none. */
export function citedSources(answer: string, contexts: readonly Context[]): NumberedSource[] {
  const cited = new Set<number>();
  for (const [, list = ""] of answer.matchAll(/\[(\d{1,3}(?:, ?\d{1,3})*)\](?!\()/g)) {
    for (const number of list.split(",")) cited.add(Number(number));
  }
  const numbered = contexts.map((context, index) => ({ context, number: index + 1 }));
  const anyCited = numbered.some(({ number }) => cited.has(number));
  return numbered.map((source) => ({
    ...source,
    isMain: anyCited ? cited.has(source.number) : source.number <= SHOWN_WITHOUT_CITATION,
  }));
}

const UNDER = " › ";

/** What a source is called: its last heading; empty when nobody named it. */
export function titleOf({ title, source }: Context): string {
  return title?.split(UNDER).at(-1) || source || "";
}

/** Where in the source, or in what: the page, the headings above, or where it is kept. */
export function placeOf({ title, source, page }: Context): string {
  if (page) return say("page", { number: page });
  return title?.split(UNDER).slice(0, -1).join(UNDER) || (title && source) || "";
}
