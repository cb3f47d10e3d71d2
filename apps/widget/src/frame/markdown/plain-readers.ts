import { type Cursor, isWord } from "./cursor.ts";
import { el, link } from "./elements.ts";
import { safeUrl } from "./safe-url.ts";

const BARE_URL = /https?:\/\/[^\s<>`]+/y;
const ENTITY = /&(amp|lt|gt|quot|#39|nbsp);/y;
const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  "#39": "'",
  nbsp: "\u00a0",
};

/** A backslash before punctuation or the end of a line. */
export function readEscape(cursor: Cursor): boolean {
  const next = cursor.text.charAt(cursor.at + 1);
  if (next === "\n") return cursor.put(cursor.at + 2, el("br"));
  return /[!-/:-@[-`{-~]/.test(next) && cursor.put(cursor.at + 2, next);
}

/** Two spaces before the end of a line break it. */
export function readNewline(cursor: Cursor): boolean {
  return cursor.trimBreak() && cursor.put(cursor.at + 1, el("br"));
}

/** Code in backticks, however many; it is taken as it stands. */
export function readCode(cursor: Cursor): boolean {
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

/** An address that simply stands in the text. */
export function readBareUrl(cursor: Cursor): boolean {
  const { text, at, place } = cursor;
  if (place.inLink || isWord(text[at - 1])) return false;
  const url = withoutTrail(cursor.peek(BARE_URL)?.[0] ?? "");
  const address = safeUrl(url);
  return (
    address !== undefined && cursor.put(at + url.length, link(address.href, address.place, [url]))
  );
}

/** The few entities that models write. */
export function readEntity(cursor: Cursor): boolean {
  const [whole = "", name = ""] = cursor.peek(ENTITY) ?? [];
  return whole !== "" && cursor.put(cursor.at + whole.length, ENTITIES[name] ?? whole);
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
