import { loadStopWords } from "./analyser.ts";
import { DEFAULT_LANGUAGE, LANGUAGES, type Language } from "./languages.ts";
import { wordsOf } from "./words.ts";

const SAMPLE_CHARACTERS = 20_000;
/** Running prose is a third stop words; below this share it is a table or code, and nothing can be said. */
const MIN_SHARE = 0.08;
/** With this share it is English, so that the other lists need not be loaded. */
const SURELY = 0.25;

const ALL = Object.keys(LANGUAGES) as Language[]; // the keys of a literal
const sets = new Map<Language, ReadonlySet<string>>();

/** The language whose stop words make up the largest share of the text; English when none is frequent. */
export async function detectLanguage(
  text: string,
  candidates: readonly Language[] = ALL,
): Promise<Language> {
  const words = [...wordsOf(text.slice(0, SAMPLE_CHARACTERS))].map((word) => word.toLowerCase());
  if (words.length === 0) return candidates[0] ?? DEFAULT_LANGUAGE;
  if (candidates.includes(DEFAULT_LANGUAGE)) {
    if ((await share(words, DEFAULT_LANGUAGE)) >= SURELY) return DEFAULT_LANGUAGE;
  }

  let best: Language = candidates.includes(DEFAULT_LANGUAGE)
    ? DEFAULT_LANGUAGE
    : (candidates[0] ?? DEFAULT_LANGUAGE);
  let bestShare = MIN_SHARE;
  for (const language of candidates) {
    const found = await share(words, language);
    if (found > bestShare) [best, bestShare] = [language, found];
  }
  return best;
}

async function share(words: readonly string[], language: Language): Promise<number> {
  let stopWords = sets.get(language);
  if (!stopWords) {
    stopWords = await loadStopWords(language);
    sets.set(language, stopWords);
  }
  let found = 0;
  for (const word of words) if (stopWords.has(word)) found += 1;
  return found / words.length;
}
