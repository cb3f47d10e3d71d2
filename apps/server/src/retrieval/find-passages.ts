import type { Connection } from "../db/database.ts";
import { readPassages, type StoredPassage } from "./passages-store.ts";
import {
  type ScoredPassage,
  scoreAmong,
  scorePassages,
  type WeightedTerm,
} from "./scores-store.ts";
import type { WeighedQuestion } from "./weigh-words.ts";

/** A passage must have at least this share of what the question is about, rare words counting more. */
const MIN_COVERAGE = 0.33;
/** Candidates that belong to a document in the making are dropped, so some more are asked for. */
const CANDIDATES = 32;
const MAX_CANDIDATES = 2_048;
/** So many postings are read to find candidates (4 ms), and so many candidates are ranked by what was left out. */
const MAX_POSTINGS = 20_000;
const RANKED_CANDIDATES = 256;

export type FoundPassage = StoredPassage & ScoredPassage;

/** Passages of finished documents that match enough of the question, best first. */
export async function findPassages(
  reader: Connection,
  tenantId: string,
  { terms, total }: WeighedQuestion,
  publishedId: number,
): Promise<readonly FoundPassage[]> {
  for (let limit = CANDIDATES; ; limit *= 4) {
    const scored = await score(reader, tenantId, terms, { publishedId, limit });
    const enough = scored.filter(({ matched }) => matched >= MIN_COVERAGE * total);
    const ids = enough.map(({ chunkId }) => chunkId);
    const passages = new Map(
      (await readPassages(reader, tenantId, ids)).map((passage) => [passage.id, passage]),
    );
    // Only while a document is being taken away, or others were finished meanwhile, may passages nobody finds crowd others out.
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
  { publishedId, limit }: { readonly publishedId: number; readonly limit: number },
): Promise<readonly ScoredPassage[]> {
  const finding: WeightedTerm[] = [];
  const ranking: WeightedTerm[] = [];
  let postings = 0;
  for (const term of [...terms].sort((a, b) => a.documentFrequency - b.documentFrequency)) {
    const isNeeded = postings < RANKED_CANDIDATES;
    postings += term.documentFrequency;
    (isNeeded || postings <= MAX_POSTINGS ? finding : ranking).push(term);
  }
  if (ranking.length === 0) {
    return scorePassages(reader, tenantId, finding, { publishedId, limit });
  }

  const found = await scorePassages(reader, tenantId, finding, {
    publishedId,
    limit: Math.max(limit, RANKED_CANDIDATES),
  });
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
