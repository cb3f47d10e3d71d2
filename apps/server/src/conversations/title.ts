import { MAX_TITLE_CHARS, OrchaError } from "@orcha/contract";
import { cleanText } from "../turns/clean-text.ts";

/** Of an automatic title, in code points. */
const MAX_AUTOMATIC_CHARS = 80;
const BREAKS = /[\s\p{Cc}]+/gu;
/** Anything but what nobody can see. */
const VISIBLE = /[^\p{Cf}\s]/u;

/**
 * A title as its visitor gave it, as one line without space around it.
 * @throws OrchaError `invalid_request` for one that is empty or too long
 */
export function cleanTitle(given: string): string {
  const title = oneLine(cleanText(given));
  if (!VISIBLE.test(title) || [...title].length > MAX_TITLE_CHARS) {
    throw new OrchaError("invalid_request", `title must be 1 to ${MAX_TITLE_CHARS} characters.`);
  }
  return title;
}

/** The beginning of a message as a title: one line, cut behind a word where there is one. */
export function automaticTitle(message: string): string {
  const line = oneLine(message);
  const characters = [...line];
  if (characters.length <= MAX_AUTOMATIC_CHARS) return line;
  const beginning = characters.slice(0, MAX_AUTOMATIC_CHARS - 1).join("");
  const isWhole = characters[MAX_AUTOMATIC_CHARS - 1] === " ";
  const lastSpace = isWhole ? beginning.length : beginning.lastIndexOf(" ");
  return `${lastSpace > 0 ? beginning.slice(0, lastSpace) : beginning}\u2026`;
}

function oneLine(text: string): string {
  return text.replace(BREAKS, " ").trim();
}
