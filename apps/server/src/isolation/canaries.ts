import { randomBytes } from "node:crypto";

/** Who may read a canary besides those that run its tenant. */
export type Audience =
  /** Whoever talks to the tenant: its name, its instructions, its documents. */
  | "visitors"
  /** Those named only: what they said. */
  | "owners"
  /** Nobody else, except its owner, such as an operator its own name. */
  | "staff";

/** A word that stands in one place only; wherever else it turns up, something leaked. */
export interface Canary {
  readonly word: string;
  /** For people: `the name of tenant A`. */
  readonly what: string;
  /** The name of the place where it was planted. */
  readonly place: string;
  readonly audience: Audience;
  /** Names of callers. */
  readonly owners: readonly string[];
}

/** Who reads an answer, and as whose it was asked for. */
export interface Reading {
  readonly caller: { readonly name: string; readonly staffOf: string | undefined };
  readonly place: string;
  /** Whom the route is for. */
  readonly isForStaff: boolean;
  /** What was asked: words that stand in it tell the asker nothing. */
  readonly question: string;
}

/** All words that were planted. */
export class Canaries {
  readonly #canaries: Canary[] = [];

  /** Plants a word that is made up, or one that came about by itself, such as an id. */
  plant(canary: Omit<Canary, "word">, word: string = makeWord()): string {
    this.#canaries.push({ ...canary, word });
    return word;
  }

  /** What an answer holds: what its reader may know, and what it may not. */
  findIn(text: string, reading: Reading): { readonly own: Canary[]; readonly leaked: Canary[] } {
    const found = this.#canaries.filter(
      ({ word }) => holdsWord(text, word) && !holdsWord(reading.question, word),
    );
    return {
      own: found.filter((canary) => mayKnow(canary, reading)),
      leaked: found.filter((canary) => !mayKnow(canary, reading)),
    };
  }
}

function mayKnow(canary: Canary, { caller, place, isForStaff }: Reading): boolean {
  const isOwner = canary.owners.includes(caller.name);
  if (canary.audience === "staff" && isOwner) return true;
  if (isForStaff) return caller.staffOf === canary.place;
  return place === canary.place && (canary.audience === "visitors" || isOwner);
}

function makeWord(): string {
  return `canary${randomBytes(6).toString("hex")}`;
}

function holdsWord(text: string, word: string): boolean {
  if (!text.includes(word)) return false;
  // An id may stand in a longer number by chance.
  return !/^\d+$/.test(word) || new RegExp(`(?<!\\d)${word}(?!\\d)`).test(text);
}
