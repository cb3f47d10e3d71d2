import type { WordsFile } from "./i18n/words.ts";

/** What comes with the frame's document: the tenant's decisions, and the words of the visitor's language. */
export interface FrameConfig {
  readonly name?: string;
  /** `required`: only those who are signed in may chat. */
  readonly identity?: string;
  /** The tenant's accent, as six hexadecimal digits; null is the widget's own. */
  readonly accent?: string | null;
  /** A language tag. */
  readonly lang?: string;
  readonly words?: Omit<WordsFile, "later">;
}

/** Reads what came with the document; none of it is needed. */
export function readConfig(): FrameConfig {
  try {
    return JSON.parse(document.getElementById("config")?.textContent ?? "{}");
  } catch {
    return {};
  }
}
