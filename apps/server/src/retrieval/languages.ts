/** The word lore of one language, as @orama's modules export it. */
interface LanguageModules {
  readonly stopWords: () => Promise<{ readonly stopwords: readonly string[] }>;
  /** Absent where words do not change their endings. */
  readonly stemmer?: () => Promise<{ stemmer(word: string): string }>;
}

/** Languages whose words are stemmed and whose stop words are known; each is loaded when the first text needs it. */
export const LANGUAGES = {
  en: {
    stopWords: () => import("@orama/stopwords/english"),
    stemmer: () => import("@orama/stemmers/english"),
  },
  de: {
    stopWords: () => import("@orama/stopwords/german"),
    stemmer: () => import("@orama/stemmers/german"),
  },
  fr: {
    stopWords: () => import("@orama/stopwords/french"),
    stemmer: () => import("@orama/stemmers/french"),
  },
  es: {
    stopWords: () => import("@orama/stopwords/spanish"),
    stemmer: () => import("@orama/stemmers/spanish"),
  },
  it: {
    stopWords: () => import("@orama/stopwords/italian"),
    stemmer: () => import("@orama/stemmers/italian"),
  },
  pt: {
    stopWords: () => import("@orama/stopwords/portuguese"),
    stemmer: () => import("@orama/stemmers/portuguese"),
  },
  nl: {
    stopWords: () => import("@orama/stopwords/dutch"),
    stemmer: () => import("@orama/stemmers/dutch"),
  },
  sv: {
    stopWords: () => import("@orama/stopwords/swedish"),
    stemmer: () => import("@orama/stemmers/swedish"),
  },
  da: {
    stopWords: () => import("@orama/stopwords/danish"),
    stemmer: () => import("@orama/stemmers/danish"),
  },
  no: {
    stopWords: () => import("@orama/stopwords/norwegian"),
    stemmer: () => import("@orama/stemmers/norwegian"),
  },
  fi: {
    stopWords: () => import("@orama/stopwords/finnish"),
    stemmer: () => import("@orama/stemmers/finnish"),
  },
  tr: {
    stopWords: () => import("@orama/stopwords/turkish"),
    stemmer: () => import("@orama/stemmers/turkish"),
  },
  ru: {
    stopWords: () => import("@orama/stopwords/russian"),
    stemmer: () => import("@orama/stemmers/russian"),
  },
  uk: {
    stopWords: () => import("@orama/stopwords/ukrainian"),
    stemmer: () => import("@orama/stemmers/ukrainian"),
  },
  ar: {
    stopWords: () => import("@orama/stopwords/arabic"),
    stemmer: () => import("@orama/stemmers/arabic"),
  },
  zh: { stopWords: () => import("@orama/stopwords/mandarin") },
  ja: { stopWords: () => import("@orama/stopwords/japanese") },
} as const satisfies Readonly<Record<string, LanguageModules>>;

export type Language = keyof typeof LANGUAGES;

export const DEFAULT_LANGUAGE: Language = "en";

/** Whether a code, as it was stored with a document, is one of the languages known here. */
export function isLanguage(code: string): code is Language {
  return Object.hasOwn(LANGUAGES, code);
}
