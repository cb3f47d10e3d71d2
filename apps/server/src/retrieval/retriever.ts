import type { Context } from "@orcha/contract";
import type { Database } from "../db/database.ts";
import type { PromptMessage, Retrieval, Retriever } from "../turns/ports.ts";
import { type Analyser, loadAnalyser } from "./analyser.ts";
import { detectLanguage } from "./detect-language.ts";
import { favourHeadings } from "./favour-headings.ts";
import { type FoundPassage, findPassages } from "./find-passages.ts";
import { DEFAULT_LANGUAGE, isLanguage } from "./languages.ts";
import { type Question, readQuestion } from "./question.ts";
import { readCorpus } from "./terms-store.ts";
import { weighWords } from "./weigh-words.ts";

const MAX_CONTEXTS = 6;
/** So many passages of one document, so that the others are heard. */
const MAX_PER_DOCUMENT = 3;
/** A passage must score at least this share of the best. */
const MIN_RELATIVE_SCORE = 0.4;

export interface RetrieverOptions {
  /** How many passages at most. @default 6 */
  readonly maxContexts?: number;
}

/** Finds passages by exact BM25 over the tenant's index, and ranks those first whose heading is what was asked. */
export function createRetriever(database: Database, options: RetrieverOptions = {}): Retriever {
  const maxContexts = options.maxContexts ?? MAX_CONTEXTS;
  const { reader } = database;

  return {
    async retrieve(tenantId, text, history): Promise<Retrieval> {
      const corpus = await readCorpus(reader, tenantId);
      if (corpus.chunks === 0) return { contexts: [], corpusIsEmpty: true };

      const { question, analysers } = await readInLanguages(text, history, corpus.languages);
      const weighed = await weighWords(reader, tenantId, question, corpus.chunks);
      const found = await findPassages(reader, tenantId, weighed, corpus.publishedId);
      const ranked = favourHeadings(found, weighed, analysers);
      return { contexts: pick(ranked, maxContexts), corpusIsEmpty: false };
    },
  };
}

async function readInLanguages(
  text: string,
  history: readonly PromptMessage[],
  codes: readonly string[],
): Promise<{ readonly question: Question; readonly analysers: readonly Analyser[] }> {
  const languages = codes.filter(isLanguage);
  const analysers = await Promise.all(languages.map(loadAnalyser));
  // A short English question to documents in another language is common, the reverse is not.
  const candidates = languages.includes(DEFAULT_LANGUAGE)
    ? languages
    : [...languages, DEFAULT_LANGUAGE];
  const asked = await loadAnalyser(await detectLanguage(text, candidates));
  return { question: readQuestion(text, history, asked, analysers), analysers };
}

function pick(ranked: readonly FoundPassage[], maxContexts: number): Context[] {
  const best = ranked[0]?.score ?? 0;
  const perDocument = new Map<number, number>();
  const contexts: Context[] = [];
  for (const passage of ranked) {
    if (contexts.length === maxContexts || passage.score < MIN_RELATIVE_SCORE * best) break;
    const count = perDocument.get(passage.document_id) ?? 0;
    if (count === MAX_PER_DOCUMENT) continue;
    perDocument.set(passage.document_id, count + 1);
    contexts.push(toContext(passage));
  }
  return contexts;
}

function toContext(passage: FoundPassage): Context {
  const headings = passage.heading.split(" › ").filter((part) => part && part !== passage.title);
  return {
    id: String(passage.id),
    title: [passage.title, ...headings].join(" › "),
    source: passage.source,
    url:
      passage.url && passage.anchor
        ? `${passage.url}#${encodeURIComponent(passage.anchor)}`
        : passage.url,
    text: passage.text,
    score: Math.round(passage.score * 1000) / 1000,
    page: null,
    start: passage.start_offset,
    end: passage.end_offset,
  };
}
