import type en from "./en.json";

/** The forms of a counted phrase, by the plural categories of its language. */
type Plural = Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & { readonly other: string };
/** The same phrases as in English, each counted one in the forms of the language. */
type SameAs<English> = {
  [Name in keyof English]: English[Name] extends { readonly other: string }
    ? Plural
    : English[Name];
};
/** What is in the file of a language. */
export type WordsFile = SameAs<Omit<typeof en, "later">> & {
  readonly later: SameAs<Omit<(typeof en)["later"], "serverErrors">> & {
    readonly serverErrors: Readonly<Record<string, string>>;
  };
};
/** What the widget says, by name. What is not said at a first open comes with the part that says it. */
export type Words = Omit<WordsFile, "later"> & WordsFile["later"];
type NamesOf<Kind> = {
  [Name in keyof Words]: Words[Name] extends Kind ? Name : never;
}[keyof Words];
type Counted = NamesOf<{ readonly other: string }>;
type Phrase = NamesOf<string>;

let words: Partial<Words> = {};
let own: Readonly<Record<string, string>> = {};
let language = "en";
// Making these takes longer than using them a thousand times, and so they are made when something is counted.
let numbers: Intl.NumberFormat | undefined;
let plurals: Intl.PluralRules | undefined;

/** Takes words of the page, which stand in place of the widget's. */
export function setOwnWords(next: Readonly<Record<string, string>> = {}): void {
  own = next;
}

/** Goes on in another language. */
export function setWords(next: Partial<Words>, tag: string): void {
  words = next;
  language = tag;
  numbers = undefined;
  plurals = undefined;
}

/** Words that are needed only now. */
export function addWords(more: Partial<Words>): void {
  words = { ...words, ...more };
}

/** The language that the widget speaks, as a tag. */
export function languageTag(): string {
  return language;
}

/** A phrase, with its `{names}` filled in. */
export function say(name: Phrase, values: Readonly<Record<string, string | number>> = {}): string {
  return fill(own[name] ?? words[name] ?? name, values);
}

/** A counted phrase in the form that its number asks for. */
export function sayCount(name: Counted, count: number): string {
  const forms: Plural | undefined = words[name];
  plurals ??= new Intl.PluralRules(language);
  const form = forms?.[plurals.select(count)] ?? forms?.other ?? "";
  return fill(own[name] ?? form, { count });
}

/** What went wrong, by its code. In English the server's own sentence is the more exact one. */
export function sayError(code: string, message: string): string {
  if (language.startsWith("en")) return message;
  const own: Readonly<Record<string, string>> = words.errors ?? {};
  return words.serverErrors?.[code] ?? own[code] ?? message;
}

/** A failure that the frame itself found. */
export function sayOwnError(code: keyof Words["errors"]): string {
  return words.errors?.[code] ?? code;
}

function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (typeof value !== "number") return value ?? whole;
    numbers ??= new Intl.NumberFormat(language);
    return numbers.format(value);
  });
}
