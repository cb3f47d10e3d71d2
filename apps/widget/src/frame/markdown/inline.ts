import { say } from "../kit.ts";
import { citations } from "./citation.ts";
import { Cursor, isWord, type Place, type Reader, type Reading } from "./cursor.ts";
import { el, link } from "./elements.ts";
import { readBareUrl, readCode, readEntity, readEscape, readNewline } from "./plain-readers.ts";
import { safeUrl } from "./safe-url.ts";

const MAX_DEPTH = 8;
const PLAIN = /[^\\`*_~[!<&\nh]+/y;
const DESTINATION = /\(\s*<?((?:[^\s()<>]|\([^\s()]*\))*)>?(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)/y;
const AUTOLINK = /<((?:https?:\/\/|mailto:)[^\s<>]+)>/y;
const BREAK = /<br ?\/?>/iy;
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
    const words = say("image", { name: label || address?.place || "" });
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
