import { ERRORS } from "@orcha/contract";
import { afterEach, describe, expect, it } from "vitest";
import ar from "./ar.json" with { type: "json" };
import de from "./de.json" with { type: "json" };
import en from "./en.json" with { type: "json" };
import es from "./es.json" with { type: "json" };
import fr from "./fr.json" with { type: "json" };
import ja from "./ja.json" with { type: "json" };
import { directionOf, loadWords } from "./languages.ts";
import { say, sayCount, sayError, setOwnWords, setWords } from "./words.ts";

type Tree = { readonly [name: string]: string | Tree };

const SERVER = "later.serverErrors.";
const FILES: Readonly<Record<string, Tree>> = { ar, de, en, es, fr, ja };
const LANGUAGES = Object.keys(FILES);
/** Errors that only who embeds the widget can bring about: they are told in English. */
const FOR_AUTHORS = [
  "invalid_request",
  "idempotency_conflict",
  "unsupported_media_type",
  "not_found",
  "method_not_allowed",
  // What the frame says of its own accord.
  "internal",
];

const isCounted = (entry: string | Tree | undefined): entry is Tree =>
  typeof entry === "object" && "other" in entry;

/** Every phrase by its path; a counted one is one phrase. */
function phrases(tree: Tree, path = ""): [string, string | Tree][] {
  return Object.entries(tree).flatMap(([name, entry]) => {
    const here = path + name;
    if (typeof entry === "string" || isCounted(entry)) return [[here, entry]];
    return phrases(entry, `${here}.`);
  });
}
const placeholders = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();

const english = new Map(phrases(en));

afterEach(() => {
  setWords({}, "en");
  setOwnWords({});
});

it("loads each language by any of its tags, and none that there is not", async () => {
  for (const language of LANGUAGES) {
    const loaded = await loadWords(`${language.toUpperCase()}-x1`);
    expect(loaded?.words.retry).toBeTypeOf("string");
    expect(loaded?.words.send).toBe(FILES[language]?.send);
  }
  for (const tag of ["nl", "", "constructor", "../de"])
    expect(await loadWords(tag)).toBeUndefined();
});

describe.each(LANGUAGES)("%s", (language) => {
  const own = new Map(phrases(FILES[language] ?? {}));

  it("says everything that English says", () => {
    for (const [path, entry] of english) {
      const translated = own.get(path);
      expect(translated, path).toBeTypeOf(isCounted(entry) ? "object" : "string");
      expect(translated, path).not.toBe("");
    }
    const more = [...own.keys()].filter((path) => !english.has(path) && !path.startsWith(SERVER));
    expect(more).toEqual([]);
  });

  it("has a word for each failure that a visitor can meet", () => {
    if (language === "en") return;
    const codes = Object.keys(ERRORS).filter((code) => !FOR_AUTHORS.includes(code));
    for (const code of codes) expect(own.get(SERVER + code), code).toBeTypeOf("string");
  });

  it("fills in what English fills in, and counts as its grammar does", () => {
    const { pluralCategories } = new Intl.PluralRules(language).resolvedOptions();
    for (const [path, entry] of english) {
      const translated = own.get(path);
      if (typeof translated === "string" && typeof entry === "string") {
        expect(placeholders(translated), path).toEqual(placeholders(entry));
      } else if (isCounted(translated)) {
        expect(Object.keys(translated).sort(), path).toEqual([...pluralCategories].sort());
        expect(translated.other, path).toContain("{count}");
      }
    }
  });

  it("is not English left in place", () => {
    if (language === "en") return;
    const same = [...english].filter(([path, entry]) => own.get(path) === entry);
    // Names and marks may be the same; sentences are not.
    expect(same.filter(([, entry]) => typeof entry === "string" && entry.length > 24)).toEqual([]);
    expect(same.length).toBeLessThan(english.size / 10);
  });
});

describe("what is said", () => {
  const words = { retry: "Nochmal", page: "Seite {number}" };
  const counted = { morePassages: { one: "noch {count} Stelle", other: "noch {count} Stellen" } };

  it("is the page's own words where it has some", () => {
    setWords(words, "de");
    setOwnWords({ retry: "Noch einmal" });
    expect(say("retry")).toBe("Noch einmal");
    expect(say("page", { number: 3 })).toBe("Seite 3");
  });

  it("writes numbers and plurals as the language does", () => {
    setWords({ ...words, ...counted }, "de");
    expect(sayCount("morePassages", 1)).toBe("noch 1 Stelle");
    expect(sayCount("morePassages", 1234)).toBe("noch 1.234 Stellen");
  });

  it("puts no word into another that looks like a place for one", () => {
    setWords({ openLink: "Zu {place}" }, "de");
    expect(say("openLink", { place: "{place} $& $1" })).toBe("Zu {place} $& $1");
    expect(say("openLink")).toBe("Zu {place}");
  });

  it("is the server's own sentence for a failure that the language has no words for", () => {
    setWords({}, "de");
    expect(sayError("invalid_request", "text must be a string.")).toBe("text must be a string.");
  });
});

it("mirrors what is read from right to left", () => {
  expect(["ar", "ar-EG", "he", "en", "de-AT", "arn"].map(directionOf)).toEqual([
    "rtl",
    "rtl",
    "rtl",
    "ltr",
    "ltr",
    "ltr",
  ]);
});
