const WORD = /[\p{L}\p{N}\p{M}]+/gu;
// Scripts that are written without spaces between words.
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const CAMEL_CASE = /^\p{Ll}+\p{Lu}/u;
const CAMEL_PART = /\p{Lu}?[\p{Ll}\p{N}]+|\p{Lu}+(?!\p{Ll})/gu;
/** Longer ones are keys, hashes and encoded data; nobody asks for them. */
const MAX_WORD_LENGTH = 64;

const segmenter = new Intl.Segmenter(undefined, { granularity: "word" });

/** The words of a text as they are written, in order. */
export function* wordsOf(text: string): Generator<string> {
  for (const [run] of text.normalize("NFKC").matchAll(WORD)) {
    if (!UNSPACED.test(run)) {
      if (run.length <= MAX_WORD_LENGTH) yield run;
      continue;
    }
    for (const { segment, isWordLike } of segmenter.segment(run)) {
      if (isWordLike && segment.length <= MAX_WORD_LENGTH) yield segment;
    }
  }
}

/** The parts of an identifier such as `keepAliveTimeout`, which people also write apart; empty for other words. */
export function partsOfIdentifier(word: string): readonly string[] {
  return CAMEL_CASE.test(word) ? (word.match(CAMEL_PART) ?? []) : [];
}
