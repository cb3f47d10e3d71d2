import type { Connection } from "../db/database.ts";
import { rarityOf } from "./bm25.ts";
import type { Question } from "./question.ts";
import type { WeightedTerm } from "./scores-store.ts";
import { findTerms } from "./terms-store.ts";

/** A word of a question with what it weighs in this corpus. */
export interface WeighedWord {
  readonly terms: readonly string[];
  readonly weight: number;
}

/** A question as the index sees it. */
export interface WeighedQuestion {
  /** The terms that the index has; none when it knows nothing of what is asked. */
  readonly terms: readonly WeightedTerm[];
  readonly words: readonly WeighedWord[];
  /** What a passage with every word of the question would match. */
  readonly total: number;
}

/** Weighs a question's words by how rare they are among the tenant's passages; an unknown one counts as a rare one. */
export async function weighWords(
  reader: Connection,
  tenantId: string,
  { words, refersBack }: Question,
  chunks: number,
): Promise<WeighedQuestion> {
  const known = await findTerms(reader, tenantId, [
    ...new Set(words.flatMap((word) => word.terms)),
  ]);
  const isKnown = words.some(
    ({ terms, isOwn }) => (isOwn || refersBack) && terms.some((term) => known.has(term)),
  );
  if (!isKnown) return { terms: [], words: [], total: 0 };

  const weighted = new Map<number, WeightedTerm>();
  const weighedWords = words.map(({ terms, weight }): WeighedWord => {
    let most = 0;
    for (const term of terms) {
      const found = known.get(term);
      if (!found) continue;
      const termWeight = weight * rarityOf(found.documentFrequency, chunks);
      most = Math.max(most, termWeight);
      if (termWeight > (weighted.get(found.id)?.weight ?? 0)) {
        weighted.set(found.id, { ...found, weight: termWeight });
      }
    }
    return { terms, weight: most || weight * rarityOf(1, chunks) };
  });
  const total = weighedWords.reduce((sum, { weight }) => sum + weight, 0);
  return { terms: [...weighted.values()], words: weighedWords, total };
}
