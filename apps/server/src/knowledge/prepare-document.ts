import { basename, dirname, extname } from "node:path";
import { loadAnalyser } from "../retrieval/analyser.ts";
import { detectLanguage } from "../retrieval/detect-language.ts";
import { cutPassages } from "./cut-passages.ts";
import type { DocumentFacts, IndexedPassage, Passage } from "./document.ts";
import { layOutDocument } from "./lay-out-document.ts";
import { parseFile } from "./parsers/parse-file.ts";

/** A title names what every passage is about, so its words count as often as this. */
const TITLE_WEIGHT = 3;

/** A document ready to be stored; the terms of a passage are made when it is asked for. */
export interface PreparedDocument {
  readonly facts: Omit<DocumentFacts, "fingerprint">;
  readonly passages: number;
  passage(index: number): IndexedPassage;
}

/** Parses a file, cuts it into passages and reads their terms in the document's language. */
export async function prepareDocument(source: string, content: string): Promise<PreparedDocument> {
  const parsed = parseFile(source, content);
  const laidOut = layOutDocument(parsed.blocks);
  const title = parsed.title ?? titleFromName(source);
  const passages = cutPassages(laidOut);
  const language = await detectLanguage(laidOut.text);
  const analyser = await loadAnalyser(language);
  const titleTerms = analyser.termsOf(title);

  const index = (passage: Passage): IndexedPassage => {
    const path = passage.heading.split(" › ").filter((heading) => heading !== title);
    const found = [...analyser.termsOf(path.join(" ")), ...analyser.termsOf(passage.text)];
    for (let repeat = 0; repeat < TITLE_WEIGHT; repeat += 1) found.push(...titleTerms);
    const counts = new Map<string, number>();
    for (const term of found) counts.set(term, (counts.get(term) ?? 0) + 1);
    return {
      ...passage,
      terms: [...counts.keys()],
      frequencies: [...counts.values()],
      length: found.length,
    };
  };

  return {
    facts: { title, language, text: laidOut.text },
    passages: passages.length,
    passage(position) {
      const passage = passages[position];
      if (!passage) throw new RangeError(`No passage ${position}`);
      return index(passage);
    },
  };
}

/** `guide/first-steps.md` is "first steps"; an index or readme is named by its folder. */
function titleFromName(source: string): string {
  const name = basename(source, extname(source));
  const folder = basename(dirname(source));
  const telling = /^(?:index|readme)$/i.test(name) && folder !== "." ? folder : name;
  return telling.replace(/[-_]+/g, " ").trim() || name;
}
