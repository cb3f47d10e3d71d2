import type { Context } from "@orcha/contract";
import type { Connection, Database } from "../db/database.ts";
import type { PromptMessage, Retrieval, Retriever } from "../turns/ports.ts";
import { loadAnalyser } from "./analyser.ts";
import { rarityOf } from "./bm25.ts";
import { detectLanguage } from "./detect-language.ts";
import { DEFAULT_LANGUAGE, isLanguage } from "./languages.ts";
import { type Question, readQuestion } from "./question.ts";
import {
  findTerms,
  readCorpus,
  readPassages,
  type ScoredPassage,
  type StoredPassage,
  scoreAmong,
  scorePassages,
  type WeightedTerm,
} from "./store.ts";

const MAX_CONTEXTS = 6;
/** So many passages of one document, so that the others are heard. */
const MAX_PER_DOCUMENT = 3;
/** A passage must score at least this share of the best. */
const MIN_RELATIVE_SCORE = 0.4;
/** A passage must have at least this share of what the question is about, rare words counting more. */
const MIN_COVERAGE = 0.33;
/** Candidates that belong to a document in the making are dropped, so some more are asked for. */
const CANDIDATES = 32;
const MAX_CANDIDATES = 2_048;
/** So many postings are read to find candidates (4 ms), and so many candidates are ranked by what was left out. */
const MAX_POSTINGS = 20_000;
const RANKED_CANDIDATES = 256;

export interface RetrieverOptions {
  /** How many passages at most. @default 6 */
  readonly maxContexts?: number;
}

/** Finds passages by exact BM25 over the tenant's index. */
export function createRetriever(database: Database, options: RetrieverOptions = {}): Retriever {
  const maxContexts = options.maxContexts ?? MAX_CONTEXTS;
  const { reader } = database;

  return {
    async retrieve(tenantId, question, history): Promise<Retrieval> {
      const corpus = await readCorpus(reader, tenantId);
      if (corpus.chunks === 0) return { contexts: [], corpusIsEmpty: true };

      const asked = await readInLanguages(question, history, corpus.languages);
      const { terms, total } = await weigh(reader, tenantId, asked, corpus.chunks);
      const found = await bestPassages(reader, tenantId, terms, total);
      return { contexts: pick(found, maxContexts), corpusIsEmpty: false };
    },
  };
}

async function readInLanguages(
  question: string,
  history: readonly PromptMessage[],
  codes: readonly string[],
): Promise<Question> {
  const languages = codes.filter(isLanguage);
  const analysers = await Promise.all(languages.map(loadAnalyser));
  // A short English question to documents in another language is common, the reverse is not.
  const candidates = languages.includes(DEFAULT_LANGUAGE)
    ? languages
    : [...languages, DEFAULT_LANGUAGE];
  const asked = await loadAnalyser(await detectLanguage(question, candidates));
  return readQuestion(question, history, asked, analysers);
}

/** The terms that the index has with their weights, and what a passage with every word of the question would match. */
async function weigh(
  reader: Connection,
  tenantId: string,
  { words, refersBack }: Question,
  chunks: number,
): Promise<{ readonly terms: readonly WeightedTerm[]; readonly total: number }> {
  const known = await findTerms(reader, tenantId, [
    ...new Set(words.flatMap((word) => word.terms)),
  ]);
  const isKnown = words.some(
    ({ terms, weight }) => (weight === 1 || refersBack) && terms.some((term) => known.has(term)),
  );
  if (!isKnown) return { terms: [], total: 0 };

  const weighted = new Map<number, WeightedTerm>();
  let total = 0;
  for (const word of words) {
    let most = 0;
    for (const term of word.terms) {
      const found = known.get(term);
      if (!found) continue;
      const weight = word.weight * rarityOf(found.documentFrequency, chunks);
      most = Math.max(most, weight);
      if (weight > (weighted.get(found.id)?.weight ?? 0))
        weighted.set(found.id, { ...found, weight });
    }
    total += most || word.weight * rarityOf(1, chunks);
  }
  return { terms: [...weighted.values()], total };
}

type FoundPassage = StoredPassage & ScoredPassage;

/** Passages of finished documents that match enough of the question, best first. */
async function bestPassages(
  reader: Connection,
  tenantId: string,
  terms: readonly WeightedTerm[],
  total: number,
): Promise<readonly FoundPassage[]> {
  for (let limit = CANDIDATES; ; limit *= 4) {
    const scored = await score(reader, tenantId, terms, limit);
    const enough = scored.filter(({ matched }) => matched >= MIN_COVERAGE * total);
    const ids = enough.map(({ chunkId }) => chunkId);
    const passages = new Map(
      (await readPassages(reader, tenantId, ids)).map((passage) => [passage.id, passage]),
    );
    // Only while a large document is being replaced may its passages crowd the others out.
    if (passages.size < ids.length / 2 && scored.length === limit && limit < MAX_CANDIDATES)
      continue;
    return enough.flatMap((hit) => {
      const passage = passages.get(hit.chunkId);
      return passage ? [{ ...passage, ...hit }] : [];
    });
  }
}

/**
 * The scores of the most promising passages. The rarest terms find them; those that stand in very many passages of a large
 * corpus tell little and only rank what the others found, so that a question costs a bounded number of postings.
 */
async function score(
  reader: Connection,
  tenantId: string,
  terms: readonly WeightedTerm[],
  limit: number,
): Promise<readonly ScoredPassage[]> {
  const finding: WeightedTerm[] = [];
  const ranking: WeightedTerm[] = [];
  let postings = 0;
  for (const term of [...terms].sort((a, b) => a.documentFrequency - b.documentFrequency)) {
    const isNeeded = postings < RANKED_CANDIDATES;
    postings += term.documentFrequency;
    (isNeeded || postings <= MAX_POSTINGS ? finding : ranking).push(term);
  }
  if (ranking.length === 0) return scorePassages(reader, tenantId, finding, limit);

  const found = await scorePassages(reader, tenantId, finding, Math.max(limit, RANKED_CANDIDATES));
  const ids = found.map(({ chunkId }) => chunkId);
  const ranked = await scoreAmong(reader, tenantId, ranking, ids);
  const added = new Map(ranked.map((passage) => [passage.chunkId, passage]));
  return found
    .map(({ chunkId, score, matched }) => ({
      chunkId,
      score: score + (added.get(chunkId)?.score ?? 0),
      matched: matched + (added.get(chunkId)?.matched ?? 0),
    }))
    .sort((a, b) => b.score - a.score)
    .slice(0, limit);
}

function pick(found: readonly FoundPassage[], maxContexts: number): Context[] {
  const best = found[0]?.score ?? 0;
  const perDocument = new Map<number, number>();
  const contexts: Context[] = [];
  for (const passage of found) {
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
