import { type Expression, type Kysely, sql } from "kysely";
import type { Connection } from "../db/database.ts";
import type { Schema } from "../db/schema.ts";
import { fill, perSize } from "../db/sized-statements.ts";
import { statement } from "../db/statement.ts";

/** A term of the question that the index has, with what it weighs in it. */
export interface WeightedTerm {
  readonly id: number;
  /** In how many passages it stands. */
  readonly documentFrequency: number;
  readonly weight: number;
}

/** A passage that has at least one term of the question. */
export interface ScoredPassage {
  readonly chunkId: number;
  readonly score: number;
  /** The sum of the weights of the terms that it has. */
  readonly matched: number;
}

const CHUNKS_PER_STATEMENT = 128;

/** The passages with the highest scores up to an id, best first. */
export async function scorePassages(
  connection: Connection,
  tenantId: string,
  terms: readonly WeightedTerm[],
  range: { readonly publishedId: number; readonly limit: number },
): Promise<readonly ScoredPassage[]> {
  const values: QuestionValues = { tenantId, ...range };
  const size = fill(terms, (row, { id, weight }, repeat) => {
    values[`id${row}`] = repeat ? -1 : id;
    values[`weight${row}`] = weight;
  });
  if (size === 0) return [];
  const rows = await connection.run(selectScores(size), values);
  return rows.map(toScored);
}

function toScored(row: { chunk_id: number; score: number; matched: number }): ScoredPassage {
  return { chunkId: row.chunk_id, score: row.score / 1000, matched: row.matched };
}

/** What these terms add to the scores of these passages, as far as they have them. */
export async function scoreAmong(
  connection: Connection,
  tenantId: string,
  terms: readonly WeightedTerm[],
  chunkIds: readonly number[],
): Promise<readonly ScoredPassage[]> {
  const scored: ScoredPassage[] = [];
  for (let start = 0; start < chunkIds.length; start += CHUNKS_PER_STATEMENT) {
    const values: AmongValues = { tenantId };
    const size = fill(terms, (row, { id, weight }, repeat) => {
      values[`id${row}`] = repeat ? -1 : id;
      values[`weight${row}`] = weight;
    });
    for (let row = 0; row < CHUNKS_PER_STATEMENT; row += 1) {
      values[`chunk${row}`] = chunkIds[start + row] ?? -1;
    }
    const rows = size === 0 ? [] : await connection.run(selectScoresAmong(size), values);
    scored.push(...rows.map(toScored));
  }
  return scored;
}

type AmongValues = { tenantId: string } & {
  [row: `id${number}` | `weight${number}` | `chunk${number}`]: number;
};
type QuestionValues = { tenantId: string; publishedId: number; limit: number } & {
  [row: `id${number}` | `weight${number}`]: number;
};

const selectScores = perSize((rows) =>
  statement<QuestionValues>()((db, p) =>
    sumOfPostings(
      db,
      rows.map((row) => sql`(${asId(p(`id${row}`))}, ${asWeight(p(`weight${row}`))})`),
    )
      .where("postings.tenant_id", "=", p("tenantId"))
      .where("postings.chunk_id", "<=", p("publishedId"))
      .orderBy("score", "desc")
      .orderBy("postings.chunk_id")
      .limit(p("limit")),
  ),
);

const selectScoresAmong = perSize((rows) =>
  statement<AmongValues>()((db, p) => {
    const chunks = [...Array(CHUNKS_PER_STATEMENT).keys()].map((row) => p(`chunk${row}`));
    return sumOfPostings(
      db,
      rows.map((row) => sql`(${asId(p(`id${row}`))}, ${asWeight(p(`weight${row}`))})`),
    )
      .where("postings.tenant_id", "=", p("tenantId"))
      .where(sql<boolean>`postings.chunk_id in (${sql.join(chunks)})`);
  }),
);

/** BM25: by passage, the sum over the question's terms, each of them a row (id, weight). */
function sumOfPostings(db: Kysely<Schema>, terms: readonly Expression<unknown>[]) {
  return (
    db
      .with(
        "question(term_id, weight)",
        () => sql<{ term_id: number; weight: number }>`(values ${sql.join(terms)})`,
      )
      .selectFrom("question")
      // A cross join keeps SQLite from reading the postings first.
      .crossJoin("postings")
      .whereRef("postings.term_id", "=", "question.term_id")
      .groupBy("postings.chunk_id")
      .select([
        "postings.chunk_id",
        sql<number>`sum(question.weight * postings.impact)`.as("score"),
        sql<number>`sum(question.weight)`.as("matched"),
      ])
  );
}

// PostgreSQL takes untyped values for text.
const asId = (value: Expression<number>) => sql`cast(${value} as bigint)`;
const asWeight = (value: Expression<number>) => sql`cast(${value} as double precision)`;
