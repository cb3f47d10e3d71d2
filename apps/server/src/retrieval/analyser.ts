import { LANGUAGES, type Language } from "./languages.ts";
import { partsOfIdentifier, wordsOf } from "./words.ts";

/** Turns the words of one language into the terms of the index. */
export interface Analyser {
  readonly language: Language;
  /** True for a word that says nothing about the matter: "the", "how". */
  isStopWord(word: string): boolean;
  /** The term of a word, whatever its case, accents and ending. */
  termOf(word: string): string;
  /** The terms of a text that is indexed, repeats included. */
  termsOf(text: string): string[];
}

const MAX_CACHED_TERMS = 20_000;
const ASCII = /^[a-z0-9]+$/;
// Latin, Greek, Cyrillic, Hebrew and Arabic marks are often left out when typing; an Indian vowel sign is a letter.
const OPTIONAL_MARKS = /[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]/g;

const loaded = new Map<Language, Promise<Analyser>>();

/** The analyser of a language; its stemmer and stop words are loaded at the first call. */
export function loadAnalyser(language: Language): Promise<Analyser> {
  const known = loaded.get(language);
  if (known) return known;
  const analyser = createAnalyser(language);
  loaded.set(language, analyser);
  return analyser;
}

async function createAnalyser(language: Language): Promise<Analyser> {
  const modules = LANGUAGES[language];
  const stopWords = await loadStopWords(language);
  const stem = "stemmer" in modules ? (await modules.stemmer()).stemmer : (word: string) => word;
  const terms = new Map<string, string>();

  const termOf = (word: string): string => {
    const known = terms.get(word);
    if (known !== undefined) return known;
    const lower = word.toLowerCase();
    // English drops accents before the stem, others need them for it: "instalación" ends in -ación.
    const term = fold(stem(language === "en" ? fold(lower) : lower)) || lower;
    if (terms.size >= MAX_CACHED_TERMS) terms.clear();
    terms.set(word, term);
    return term;
  };
  const isStopWord = (word: string) => stopWords.has(word.toLowerCase());

  return {
    language,
    isStopWord,
    termOf,
    termsOf(text) {
      const found: string[] = [];
      for (const word of wordsOf(text)) {
        if (isStopWord(word)) continue;
        found.push(termOf(word));
        for (const part of partsOfIdentifier(word)) if (!isStopWord(part)) found.push(termOf(part));
      }
      return found;
    },
  };
}

/** The stop words of a language, and what is left of them when "don't" is cut at its apostrophe. */
export async function loadStopWords(language: Language): Promise<ReadonlySet<string>> {
  const { stopwords } = await LANGUAGES[language].stopWords();
  const words = new Set(stopwords.flatMap((word) => [word, ...word.split(/['’]/)]));
  if (language === "en") words.add("a").add("us");
  return words;
}

function fold(word: string): string {
  if (ASCII.test(word)) return word;
  return word.normalize("NFKD").replace(OPTIONAL_MARKS, "").normalize("NFC");
}
