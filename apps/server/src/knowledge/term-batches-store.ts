import type { Connection } from "../db/database.ts";
import {
  deleteUnusedTermRows,
  insertPostingRows,
  lowerTermRows,
  type PostingValues,
  type TermIdValues,
  type TermValues,
  upsertTermRows,
} from "./postings-statements-store.ts";

/** One term in one passage. */
export interface Posting {
  readonly termId: number;
  readonly chunkId: number;
  readonly impact: number;
}

/** Counts terms up, unknown ones are added with the next ids from `firstId`; returns the ids of all. */
export async function upsertTerms(
  transaction: Connection,
  tenantId: string,
  counts: ReadonlyMap<string, number>,
  firstId: number,
): Promise<Map<string, number>> {
  const ids = new Map<string, number>();
  let nextId = firstId;
  for (const batch of inBatches([...counts])) {
    const values: TermValues = { tenantId };
    for (const [index, [term, count]] of batch.entries()) {
      values[`term${index}`] = term;
      values[`id${index}`] = nextId++;
      values[`count${index}`] = count;
    }
    for (const row of await transaction.run(upsertTermRows(batch.length), values)) {
      ids.set(row.term, row.id);
    }
  }
  return ids;
}

/** Stores postings, which must be new. */
export async function insertPostings(
  transaction: Connection,
  tenantId: string,
  postings: readonly Posting[],
): Promise<void> {
  for (const batch of inBatches(postings)) {
    const values: PostingValues = { tenantId };
    for (const [index, posting] of batch.entries()) {
      values[`term${index}`] = posting.termId;
      values[`chunk${index}`] = posting.chunkId;
      values[`impact${index}`] = posting.impact;
    }
    await transaction.run(insertPostingRows(batch.length), values);
  }
}

/** Counts terms down by the passages that went; those that stand nowhere vanish. */
export async function lowerFrequencies(
  transaction: Connection,
  tenantId: string,
  counts: ReadonlyMap<number, number>,
): Promise<void> {
  const termIdsByCount = new Map<number, number[]>();
  for (const [termId, count] of counts) {
    const termIds = termIdsByCount.get(count);
    if (termIds) termIds.push(termId);
    else termIdsByCount.set(count, [termId]);
  }
  for (const [count, termIds] of termIdsByCount) {
    for (const batch of inBatches(termIds)) {
      const values: TermIdValues = { tenantId, count };
      for (const [index, termId] of batch.entries()) values[`id${index}`] = termId;
      await transaction.run(lowerTermRows(batch.length), values);
      await transaction.run(deleteUnusedTermRows(batch.length), values);
    }
  }
}

/** Statements are compiled per number of rows, so there are few numbers. */
const BATCH_SIZES = [64, 8, 1];

function* inBatches<T>(rows: readonly T[]): Generator<readonly T[]> {
  let start = 0;
  for (const size of BATCH_SIZES) {
    for (; rows.length - start >= size; start += size) yield rows.slice(start, start + size);
  }
}
