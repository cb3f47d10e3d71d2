import type { Connection } from "../db/database.ts";
import { impactOf } from "../retrieval/bm25.ts";
import type { IndexedPassage } from "./document.ts";
import {
  countLanguage,
  deleteChunk,
  deletePostings,
  findChunks,
  insertChunk,
  updateCorpus,
} from "./postings-statements-store.ts";
import {
  insertPostings,
  lowerFrequencies,
  type Posting,
  upsertTerms,
} from "./term-batches-store.ts";

/** Where new passages belong. */
interface Target {
  readonly tenantId: string;
  readonly documentId: number;
  readonly language: string;
}

/** Stores passages and their postings; document frequencies and corpus statistics follow in the same transaction. */
export async function insertPassages(
  transaction: Connection,
  target: Target,
  passages: readonly IndexedPassage[],
): Promise<void> {
  if (passages.length === 0) return;
  const { tenantId, documentId, language } = target;
  const counts = countPassagesPerTerm(passages);
  const corpus = await growCorpus(transaction, tenantId, {
    ids: passages.length + counts.size,
    chunks: passages.length,
    length: passages.reduce((sum, passage) => sum + passage.length, 0),
  });
  await transaction.run(countLanguage, { tenantId, language, chunks: passages.length });

  const firstId = corpus.lastId - passages.length - counts.size + 1;
  const termIds = await upsertTerms(transaction, tenantId, counts, firstId + passages.length);
  const average = corpus.totalLength / corpus.chunks;
  const postings: Posting[] = [];
  for (const [index, passage] of passages.entries()) {
    const chunkId = firstId + index;
    await transaction.run(insertChunk, {
      tenantId,
      id: chunkId,
      documentId,
      position: passage.position,
      heading: passage.heading,
      anchor: passage.anchor,
      start: passage.start,
      end: passage.end,
      length: passage.length,
      text: passage.text,
    });
    for (const [at, term] of passage.terms.entries()) {
      const impact = impactOf(passage.frequencies[at] ?? 0, passage.length, average);
      postings.push({ termId: termIds.get(term) ?? 0, chunkId, impact });
    }
  }
  await insertPostings(transaction, tenantId, postings);
}

/** Takes away up to so many passages of a document with all that was counted for them; false when none was left. */
export async function deletePassages(
  transaction: Connection,
  target: Target,
  limit: number,
): Promise<boolean> {
  const { tenantId, documentId, language } = target;
  await growCorpus(transaction, tenantId, { ids: 0, chunks: 0, length: 0 }); // the tenant's lock
  const chunks = await transaction.run(findChunks, { tenantId, documentId, limit });
  if (chunks.length === 0) return false;

  const counts = new Map<number, number>();
  for (const { id } of chunks) {
    for (const { term_id } of await transaction.run(deletePostings, { tenantId, chunkId: id })) {
      counts.set(term_id, (counts.get(term_id) ?? 0) + 1);
    }
    await transaction.run(deleteChunk, { tenantId, id });
  }
  await lowerFrequencies(transaction, tenantId, counts);
  await growCorpus(transaction, tenantId, {
    ids: 0,
    chunks: -chunks.length,
    length: -chunks.reduce((sum, chunk) => sum + chunk.length, 0),
  });
  await transaction.run(countLanguage, { tenantId, language, chunks: -chunks.length });
  return true;
}

/** Gives the next so many ids of the tenant's index; the first of them is returned. */
export async function takeIds(
  transaction: Connection,
  tenantId: string,
  count: number,
): Promise<number> {
  const { lastId } = await growCorpus(transaction, tenantId, { ids: count, chunks: 0, length: 0 });
  return lastId - count + 1;
}

async function growCorpus(
  transaction: Connection,
  tenantId: string,
  by: { readonly ids: number; readonly chunks: number; readonly length: number },
) {
  const [row] = await transaction.run(updateCorpus, { tenantId, ...by });
  if (!row) throw new Error("The corpus statistics were not returned");
  return { lastId: row.last_id, chunks: row.chunks, totalLength: row.total_length };
}

function countPassagesPerTerm(passages: readonly IndexedPassage[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { terms } of passages) {
    for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  }
  return counts;
}
