/** Shorter runs of words are chance. */
const LEAST_WORDS = 4;
const WORD = /[\p{L}\p{N}]+/gu;

interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** The sentences of an answer that cite a source by its number, without their Markdown. */
export function citingText(answer: string, number: number): string {
  const cites = new RegExp(`\\[(?:\\d+, ?)*${number}(?:, ?\\d+)*\\]`);
  const lines = answer.split("\n");
  // A quote often stands in lines of its own, with its source behind the last of them.
  const isOf = (line: string, at: number) => cites.test(line) || cites.test(lines[at + 1] ?? "");
  return lines.filter((line, at) => line !== "" && isOf(line, at)).join("\n");
}

/**
 * Where a passage says what the answer says in the same words.
 *
 * @returns the ranges of `passage`, in UTF-16 units, in order and apart from each other
 */
export function findQuotes(passage: string, said: string): readonly (readonly [number, number])[] {
  const there = wordsOf(passage);
  const sayings = runsOf(wordsOf(said));
  const ranges: [number, number][] = [];
  for (let at = 0; at < there.length; ) {
    const length = longestRun(there, at, sayings);
    const first = there[at];
    const last = there[at + length - 1];
    if (first && last && length >= LEAST_WORDS) ranges.push([first.start, last.end]);
    at += Math.max(length >= LEAST_WORDS ? length : 1, 1);
  }
  return ranges;
}

/** Puts marks around ranges of an element's text, which are in order and apart from each other. */
export function markRanges(root: Node, ranges: readonly (readonly [number, number])[]): void {
  let offset = 0;
  for (const node of textsOf(root)) {
    const { data } = node;
    const pieces: (Node | string)[] = [];
    let done = 0;
    for (const [start, end] of ranges) {
      const from = Math.max(start - offset, 0);
      const to = Math.min(end - offset, data.length);
      if (from >= to) continue;
      const mark = document.createElement("mark");
      mark.append(data.slice(from, to));
      pieces.push(data.slice(done, from), mark);
      done = to;
    }
    offset += data.length;
    if (done > 0) node.replaceWith(...pieces, data.slice(done));
  }
}

function textsOf(root: Node): Text[] {
  return [...root.childNodes].flatMap((node) => (node instanceof Text ? node : textsOf(node)));
}

function wordsOf(text: string): readonly Word[] {
  return [...text.matchAll(WORD)].map((match) => ({
    text: match[0].toLowerCase(),
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** Every place where `LEAST_WORDS` words begin, so that a passage is compared in time linear in its length. */
function runsOf(words: readonly Word[]): {
  readonly words: readonly Word[];
  readonly places: ReadonlyMap<string, readonly number[]>;
} {
  const places = new Map<string, number[]>();
  for (let at = 0; at + LEAST_WORDS <= words.length; at += 1) {
    const key = keyAt(words, at);
    places.set(key, [...(places.get(key) ?? []), at]);
  }
  return { words, places };
}

function longestRun(
  there: readonly Word[],
  at: number,
  { words, places }: ReturnType<typeof runsOf>,
): number {
  let longest = 0;
  for (const place of places.get(keyAt(there, at)) ?? []) {
    let length = 0;
    while (there[at + length] && there[at + length]?.text === words[place + length]?.text) {
      length += 1;
    }
    longest = Math.max(longest, length);
  }
  return longest;
}

function keyAt(words: readonly Word[], at: number): string {
  return words
    .slice(at, at + LEAST_WORDS)
    .map(({ text }) => text)
    .join(" ");
}
