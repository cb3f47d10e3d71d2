import { say } from "../i18n/words.ts";

/** The longest message the server takes, in code points. */
const MAX_TEXT = 8000;
const SHOW_FROM = MAX_TEXT * 0.9;

/** What the composer needs to know about a draft. */
export interface DraftCheck {
  readonly canSend: boolean;
  readonly tooLong: boolean;
  /** Shown near the limit only. */
  readonly counter: string | undefined;
}

/** Counts as the server does: characters are code points, the ends are trimmed. */
export function checkDraft(draft: string): DraftCheck {
  const text = draft.trim();
  // Twice the limit in UTF-16 units is over it in code points as well; nobody counts a pasted book on every key.
  const length = text.length > MAX_TEXT * 2 ? text.length : [...text].length;
  const tooLong = length > MAX_TEXT;
  return {
    canSend: length > 0 && !tooLong,
    tooLong,
    counter: length >= SHOW_FROM ? say("tooLong", { count: length, most: MAX_TEXT }) : undefined,
  };
}
