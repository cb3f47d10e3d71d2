import type { Context as Passage } from "@orcha/contract";

/** Puts a text where one door of the widget takes texts from. */
type Doors<Content> = Readonly<Record<string, (text: string) => Content>>;

/** One question and its answer, as far as strangers write them. */
interface Exchange {
  readonly question?: string;
  /** What is shown while the answer grows. */
  readonly streamed?: string;
  /** What it is in the end. */
  readonly answer?: string;
  readonly failure?: string;
}

/** Every way by which a text of somebody else's comes into the widget. A new one is a new line here. */
export const DOORS = {
  options: {
    header: (text): object => ({ header: { title: text, subtitle: text } }),
    greeting: (text): object => ({ greeting: { title: text, text } }),
    starters: (text): object => ({ starters: [text, `${text} `] }),
  },
  tenant: {
    name: (name) => ({ name }),
  },
  live: {
    question: (question): Exchange => ({ question }),
    "growing answer": (streamed): Exchange => ({ streamed }),
    answer: (text): Exchange => ({ answer: `${text} [1]` }),
  },
  failed: {
    failure: (failure): Exchange => ({ failure }),
  },
  restored: {
    question: (question): Exchange => ({ question }),
    answer: (answer): Exchange => ({ answer }),
    failure: (failure): Exchange => ({ failure }),
  },
  passage: {
    title: (title): Partial<Passage> => ({ title }),
    source: (source): Partial<Passage> => ({ source }),
    url: (url): Partial<Passage> => ({ url }),
    text: (text): Partial<Passage> => ({ text }),
  },
} as const satisfies Readonly<Record<string, Doors<object>>>;

/** The text behind all doors of a kind at once. */
export function behind<Content extends object>(doors: Doors<Content>, text: string): Content {
  return Object.assign({}, ...Object.values(doors).map((put) => put(text)));
}

/** How many ways in there are. */
export function countDoors(): number {
  return Object.values(DOORS).flatMap((doors) => Object.keys(doors)).length;
}
