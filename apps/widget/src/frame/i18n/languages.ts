import type { Words, WordsFile } from "./words.ts";

/** The languages besides the one that came with the frame, each loaded when a page changes to it. */
const LANGUAGES: Readonly<Record<string, () => Promise<{ default: WordsFile }>>> = {
  ar: () => import("./ar.json"),
  de: () => import("./de.json"),
  en: () => import("./en.json"),
  es: () => import("./es.json"),
  fr: () => import("./fr.json"),
  ja: () => import("./ja.json"),
};

/** The words of the nearest language; undefined when there is none for the tag. */
export async function loadWords(
  tag: string,
): Promise<{ readonly tag: string; readonly words: Words } | undefined> {
  const base = tag.toLowerCase().split("-")[0] ?? "";
  const load = Object.hasOwn(LANGUAGES, base) ? LANGUAGES[base] : undefined;
  if (!load) return undefined;
  const { later, ...words } = (await load()).default;
  return { tag, words: { ...words, ...later } };
}

/** Whether a language is read from right to left. */
export function directionOf(tag: string): "rtl" | "ltr" {
  return /^(ar|fa|he|ur)\b/i.test(tag) ? "rtl" : "ltr";
}
