import { citations, type SourceTitles } from "./citation.ts";
import { el, link } from "./elements.ts";
import { safeUrl } from "./safe-url.ts";

/** What reading a piece of text depends on. */
export interface Reading {
  readonly titles: SourceTitles;
  /** True for the very end of an answer that is still growing: what is open there is taken as meant. */
  readonly isGrowing: boolean;
}

/** Where a piece of text stands. */
interface Place {
  readonly depth: number;
  readonly inLink: boolean;
}

/** Reads one construct at the cursor; false when there is none. */
type Reader = (cursor: Cursor, character: string) => boolean;

const MAX_DEPTH = 8;
const PLAIN = /[^\\`*_~[!<&\nh]+/y;
const DESTINATION = /\(\s*<?((?:[^\s()<>]|\([^\s()]*\))*)>?(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)/y;
const AUTOLINK = /<((?:https?:\/\/|mailto:)[^\s<>]+)>/y;
const BARE_URL = /https?:\/\/[^\s<>`]+/y;
const BREAK = /<br ?\/?>/iy;
const ENTITY = /&(amp|lt|gt|quot|#39|nbsp);/y;
const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  "#39": "'",
  nbsp: "\u00a0",
};
const READERS: Readonly<Record<string, Reader>> = {
  "\\": readEscape,
  "\n": readNewline,
  "`": readCode,
  "*": readEmphasis,
  _: readEmphasis,
  "~": readEmphasis,
  "[": readBracket,
  "!": readImage,
  "<": readAngle,
  h: readBareUrl,
  "&": readEntity,
};

/** The nodes of one paragraph's text, in time linear in its length. */
export function inline(
  text: string,
  reading: Reading,
  place: Place = { depth: 0, inLink: false },
): Node[] {
  // The first half of a closing mark would show for a moment.
  const source = reading.isGrowing ? text.replace(/[*_~`]{1,3}$/, "") : text;
  const cursor = new Cursor(source, reading, place);
  while (cursor.at < source.length) {
    const character = source.charAt(cursor.at);
    // A special character that means nothing here is text like any other.
    if (!READERS[character]?.(cursor, character)) cursor.say(character);
    cursor.say(cursor.peek(PLAIN)?.[0] ?? "");
  }
  return cursor.end();
}

/** How far a text has been read and what it gave; remembers what was sought in vain, so that nothing is sought twice. */
class Cursor {
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

function readEscape(cursor: Cursor): boolean {
  const next = cursor.text.charAt(cursor.at + 1);
  if (next === "\n") return cursor.put(cursor.at + 2, el("br"));
  return /[!-/:-@[-`{-~]/.test(next) && cursor.put(cursor.at + 2, next);
}

function readNewline(cursor: Cursor): boolean {
  return cursor.trimBreak() && cursor.put(cursor.at + 1, el("br"));
}

function readCode(cursor: Cursor): boolean {
  const mark = cursor.run();
  const start = cursor.at + mark.length;
  let end = cursor.missing.has(mark) ? -1 : cursor.text.indexOf(mark, start);
  while (end >= 0 && cursor.run(end) !== mark) {
    end = cursor.text.indexOf(mark, end + cursor.run(end).length);
  }
  if (end < 0) {
    cursor.missing.add(mark);
    return cursor.say(mark);
  }
  const code = cursor.text.slice(start, end).replaceAll("\n", " ");
  const isPadded = /^ .*\S.* $/.test(code);
  return cursor.put(end + mark.length, el("code", [isPadded ? code.slice(1, -1) : code]));
}

function readEmphasis(cursor: Cursor, character: string): boolean {
  const { text, at, reading, place } = cursor;
  const run = cursor.run();
  const mark = run.slice(0, 3);
  const start = at + mark.length;
  const opens =
    place.depth < MAX_DEPTH &&
    /\S/.test(text.charAt(start)) &&
    (character !== "_" || !isWord(text[at - 1])) &&
    (character !== "~" || mark === "~~");
  const end = opens ? findCloser(cursor, mark, start) : -1;
  if (end < 0) return cursor.say(run);

  const inner = inline(text.slice(start, end), reading, { ...place, depth: place.depth + 1 });
  if (character === "~") return cursor.put(end + 2, el("s", inner));
  if (mark.length === 1) return cursor.put(end + 1, el("em", inner));
  return cursor.put(end + mark.length, el("strong", mark.length > 2 ? [el("em", inner)] : inner));
}

/** Where the mark closes; at the end of a growing answer, the end. */
function findCloser(cursor: Cursor, mark: string, start: number): number {
  const { text, missing } = cursor;
  const isSingle = mark.length === 1;
  let at = missing.has(mark) ? -1 : text.indexOf(mark, start + 1);
  while (at >= 0) {
    const { length } = cursor.run(at);
    const fits = isSingle ? length !== 2 : length >= mark.length;
    const closes = /[^\s\\]/.test(text.charAt(at - 1));
    if (fits && closes && (mark[0] !== "_" || !isWord(text[at + length]))) {
      // Of `**a *b***` the inner mark closes first.
      return isSingle ? at : at + length - mark.length;
    }
    at = text.indexOf(mark, at + length);
  }
  missing.add(mark);
  return cursor.reading.isGrowing ? text.length : -1;
}

function readImage(cursor: Cursor): boolean {
  return cursor.text[cursor.at + 1] === "[" && readLink(cursor, cursor.at + 1, true);
}

function readBracket(cursor: Cursor): boolean {
  const { at, text, place, reading } = cursor;
  if (readLink(cursor, at, false)) return true;
  const close = cursor.closing(at);
  if (close === undefined || place.inLink) return false;
  const chips = citations(text.slice(at + 1, close), reading.titles);
  return chips !== undefined && cursor.put(close + 1, ...chips);
}

function readLink(cursor: Cursor, open: number, isImage: boolean): boolean {
  const { text, reading, place } = cursor;
  const close = cursor.closing(open);
  if (close === undefined || text[close + 1] !== "(" || place.depth >= MAX_DEPTH) return false;
  const label = text.slice(open + 1, close);
  const destination = cursor.peek(DESTINATION, close + 1);
  if (destination) {
    const end = close + 1 + destination[0].length;
    return cursor.put(end, ...linkNodes(cursor, destination[1] ?? "", label, isImage));
  }
  // The address of a link at the growing end is still on its way.
  const isArriving = reading.isGrowing && !/[\s)]/.test(text.slice(close + 2));
  return isArriving && cursor.put(text.length, ...linkNodes(cursor, "", label, isImage));
}

/** A link where the address is one to follow, else its words alone. */
function linkNodes(
  cursor: Cursor,
  url: string,
  label: string,
  isImage: boolean,
): (Node | string)[] {
  const { reading, place } = cursor;
  const address = place.inLink ? undefined : safeUrl(url);
  if (isImage) {
    // An image would tell a stranger's server that this was read; a link does so only on a click.
    const words = `Image: ${label || address?.place || ""}`;
    return [address ? link(address.href, address.place, [words]) : label];
  }
  const inner = { depth: place.depth + 1, inLink: true };
  const words = inline(label, { ...reading, isGrowing: false }, inner);
  return address ? [link(address.href, address.place, words)] : words;
}

function readAngle(cursor: Cursor): boolean {
  const lineBreak = cursor.peek(BREAK);
  if (lineBreak) return cursor.put(cursor.at + lineBreak[0].length, el("br"));
  const auto = cursor.peek(AUTOLINK);
  const [whole = "", url = ""] = auto ?? [];
  return (
    auto !== null && cursor.put(cursor.at + whole.length, ...linkNodes(cursor, url, url, false))
  );
}

function readBareUrl(cursor: Cursor): boolean {
  const { text, at, place } = cursor;
  if (place.inLink || isWord(text[at - 1])) return false;
  const url = withoutTrail(cursor.peek(BARE_URL)?.[0] ?? "");
  const address = safeUrl(url);
  return (
    address !== undefined && cursor.put(at + url.length, link(address.href, address.place, [url]))
  );
}

function readEntity(cursor: Cursor): boolean {
  const [whole = "", name = ""] = cursor.peek(ENTITY) ?? [];
  return whole !== "" && cursor.put(cursor.at + whole.length, ENTITIES[name] ?? whole);
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

/** A sentence's punctuation behind a bare address does not belong to it, nor a bracket that was opened before it. */
function withoutTrail(url: string): string {
  const opened = url.split("(").length;
  let closed = url.split(")").length;
  let end = url.length;
  while (end > 0 && `.,;:!?'"*_~])`.includes(url.charAt(end - 1))) {
    if (url[end - 1] === ")") {
      if (closed <= opened) break;
      closed -= 1;
    }
    end -= 1;
  }
  return url.slice(0, end);
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}]/u.test(character);
}
