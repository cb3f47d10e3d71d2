import type { PromptMessage } from "../turns/ports.ts";
import type { Analyser } from "./analyser.ts";
import { wordsOf } from "./words.ts";

/** One word of a question: the terms it has in the corpus' languages, and how much it counts. */
export interface QuestionWord {
  readonly terms: readonly string[];
  /** 1 for a word that tells the matter, less for a vague one and for those of earlier messages. */
  readonly weight: number;
  /** False for a word of an earlier message. */
  readonly isOwn: boolean;
}

/** What a question is about. */
export interface Question {
  readonly words: readonly QuestionWord[];
  /** True for "and in Safari?": it may be about nothing but what was said before. */
  readonly refersBack: boolean;
}

/** A question with at most so many words of its own may be a follow-up. */
const FEW_WORDS = 2;
/** How much the message before counts when the question refers back, and when it is only short. */
const REFERRED_WEIGHT = 0.5;
const CARRIED_WEIGHT = 0.25;
/** So many earlier messages of the visitor are looked at; each counts half of the one after it. */
const CARRIED_MESSAGES = 2;
const MAX_WORDS = 32;
/** How much a word counts that is asked about everything. */
const VAGUE_WEIGHT = 0.3;
const REFERRING =
  /^(?:and|or|but|also|what about|how about)\b|\b(?:it|its|that|this|these|those|they|them|there|one|ones|same)\b/i;
/** Words with which people ask, in a language whose stop words do not hold them. */
const ASKING = new Set(
  "please tell explain show describe want need like know wonder help thanks thank hi hello hey possible anyone someone something anything mean does doing done get got make made give".split(
    " ",
  ),
);
/** Words that stand in questions about anything, so that a passage which has only them answers nothing. */
const VAGUE = new Set(
  "use uses used using see good better best bad great old new big small tall long far fast much many few more most time times day days today tomorrow yesterday week year years way ways place places town thing things kind sort people right just now".split(
    " ",
  ),
);
const SHORT_NUMBER = /^\d{1,2}$/;

/**
 * The words that a question is about. A follow-up ("and in Safari?", "how long does that take?") has few of its own or
 * refers back, so it is completed from the visitor's messages before it, which count less.
 *
 * @param asked the analyser of the language it is asked in
 * @param analysers those of every language of the corpus
 */
export function readQuestion(
  question: string,
  history: readonly PromptMessage[],
  asked: Analyser,
  analysers: readonly Analyser[],
): Question {
  const own = contentWords(question, asked);
  const refersBack = REFERRING.test(question.trim());
  const weights = new Map(own.map((word) => [word.toLowerCase(), weightOf(word, asked)]));
  if (refersBack ? own.length <= 2 * FEW_WORDS : own.length > 0 && own.length <= FEW_WORDS) {
    const earlier = history.filter(({ role }) => role === "visitor").slice(-CARRIED_MESSAGES);
    let weight = refersBack ? REFERRED_WEIGHT : CARRIED_WEIGHT;
    for (const { text } of earlier.reverse()) {
      for (const word of contentWords(text, asked)) {
        const lower = word.toLowerCase();
        if (!weights.has(lower)) weights.set(lower, weight * weightOf(word, asked));
      }
      weight /= 2;
    }
  }

  const joined = joinedPairs(question);
  const ownWords = new Set(own.map((word) => word.toLowerCase()));
  const words = [...weights].slice(0, MAX_WORDS).map(([word, weight]) => {
    const spellings = [word, ...(joined.get(word) ?? [])];
    const terms = spellings.flatMap((spelling) => analysers.map(({ termOf }) => termOf(spelling)));
    return { terms: [...new Set(terms)], weight, isOwn: ownWords.has(word) };
  });
  return { words, refersBack };
}

/** "log in" is also written "login", "work space" also "workspace": each word with what it makes with its neighbours. */
function joinedPairs(question: string): ReadonlyMap<string, readonly string[]> {
  const words = [...wordsOf(question)].map((word) => word.toLowerCase());
  const pairs = new Map<string, string[]>();
  for (const [index, word] of words.entries()) {
    const [before, after] = [words[index - 1], words[index + 1]];
    const joined = pairs.get(word) ?? [];
    if (before) joined.push(before + word);
    if (after) joined.push(word + after);
    pairs.set(word, joined);
  }
  return pairs;
}

function weightOf(word: string, asked: Analyser): number {
  const isVague =
    SHORT_NUMBER.test(word) || (asked.language === "en" && VAGUE.has(word.toLowerCase()));
  return isVague ? VAGUE_WEIGHT : 1;
}

/** The words that are neither stop words nor mere courtesy; none for a question of short numbers only. */
function contentWords(text: string, analyser: Analyser): string[] {
  const words = [...wordsOf(text)].filter((word) => !analyser.isStopWord(word));
  if (words.every((word) => SHORT_NUMBER.test(word))) return [];
  if (analyser.language !== "en") return words;
  const telling = words.filter((word) => !ASKING.has(word.toLowerCase()));
  return telling.length > 0
    ? telling
    : words.filter((word) => !/^(?:hi|hello|hey|thanks?)$/i.test(word));
}
