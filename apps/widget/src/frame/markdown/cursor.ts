import type { SourceTitles } from "./citation.ts";

/** What reading a piece of text depends on. */
export interface Reading {
  readonly titles: SourceTitles;
  /** True for the very end of an answer that is still growing: what is open there is taken as meant. */
  readonly isGrowing: boolean;
  /** Gives code of a language as coloured nodes; undefined leaves it as it is. */
  readonly colour?: ((code: string, language: string) => readonly Node[] | undefined) | undefined;
}

/** Where a piece of text stands. */
export interface Place {
  readonly depth: number;
  readonly inLink: boolean;
}

/** Reads one construct at the cursor; false when there is none. */
export type Reader = (cursor: Cursor, character: string) => boolean;

/** How far a text has been read and what it gave; remembers what was sought in vain, so that nothing is sought twice. */
export class Cursor {
  at = 0;
  readonly missing = new Set<string>();
  readonly #nodes: Node[] = [];
  #plain = "";
  #pairs: ReadonlyMap<number, number> | undefined;

  constructor(
    readonly text: string,
    readonly reading: Reading,
    readonly place: Place,
  ) {}

  /** Takes text as what it is, and moves on. */
  say(text: string): true {
    this.#plain += text;
    this.at += text.length;
    return true;
  }

  /** Puts nodes in for the text up to `end`. */
  put(end: number, ...nodes: (Node | string)[]): true {
    for (const node of nodes) {
      if (typeof node === "string") this.#plain += node;
      else {
        this.#flush();
        this.#nodes.push(node);
      }
    }
    this.at = end;
    return true;
  }

  end(): Node[] {
    this.#flush();
    return this.#nodes;
  }

  /** Takes trailing spaces back; false when there are not two of them. */
  trimBreak(): boolean {
    if (!this.#plain.endsWith("  ")) return false;
    this.#plain = this.#plain.trimEnd();
    return true;
  }

  /** The match of a sticky pattern at `at`. */
  peek(pattern: RegExp, at = this.at): RegExpExecArray | null {
    pattern.lastIndex = at;
    return pattern.exec(this.text);
  }

  /** The run of one and the same character that begins at `start`. */
  run(start = this.at): string {
    let end = start + 1;
    while (end < this.text.length && this.text[end] === this.text[start]) end += 1;
    return this.text.slice(start, end);
  }

  /** The bracket that closes the one at `open`. */
  closing(open: number): number | undefined {
    this.#pairs ??= matchBrackets(this.text);
    return this.#pairs.get(open);
  }

  #flush(): void {
    if (this.#plain !== "") this.#nodes.push(document.createTextNode(this.#plain));
    this.#plain = "";
  }
}

/** Every opening bracket with its closing one, found in one pass. */
function matchBrackets(text: string): Map<number, number> {
  const pairs = new Map<number, number>();
  const open: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === "\\") at += 1;
    else if (character === "[") open.push(at);
    else if (character === "]") {
      const start = open.pop();
      if (start !== undefined) pairs.set(start, at);
    }
  }
  return pairs;
}

/** Whether a character belongs to a word. */
export function isWord(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}]/u.test(character);
}
