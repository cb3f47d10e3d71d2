import { type Expression, type Kysely, sql } from "kysely";
import type { Connection } from "../db/database.ts";
import type { Schema } from "../db/schema.ts";
import { statement } from "../db/statement.ts";
import { perSize } from "./sized-statements.ts";

/** A passage as it is stored, with its document's name and address. */
export interface StoredPassage {
  readonly id: number;
  readonly document_id: number;
  readonly title: string;
  readonly source: string;
  readonly url: string | null;
  readonly heading: string;
  readonly anchor: string;
  readonly start_offset: number;
  readonly end_offset: number;
  readonly text: string;
}

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

/** How many passages a tenant's index has, in all and by language. */
export async function readCorpus(connection: Connection, tenantId: string) {
  const rows = await connection.run(selectCorpus, { tenantId });
  return { chunks: rows[0]?.chunks ?? 0, languages: rows.map(({ language }) => language) };
}

/** The terms that the index has, with how many passages have each. */
export async function findTerms(
  connection: Connection,
  tenantId: string,
  terms: readonly string[],
): Promise<ReadonlyMap<string, { readonly id: number; readonly documentFrequency: number }>> {
  const values: TermValues = { tenantId };
  const size = fill(terms, (row, term) => {
    values[`term${row}`] = term;
  });
  const rows = size === 0 ? [] : await connection.run(selectTerms(size), values);
  return new Map(
    rows.map((row) => [row.term, { id: row.id, documentFrequency: row.document_frequency }]),
  );
}

/** The passages with the highest scores, best first. */
export async function scorePassages(
  connection: Connection,
  tenantId: string,
  terms: readonly WeightedTerm[],
  limit: number,
): Promise<readonly ScoredPassage[]> {
  const values: QuestionValues = { tenantId, limit };
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

/** Those passages that belong to a finished document, in no order. */
export async function readPassages(
  connection: Connection,
  tenantId: string,
  chunkIds: readonly number[],
): Promise<readonly StoredPassage[]> {
  const values: IdValues = { tenantId };
  const size = fill(chunkIds, (row, id, repeat) => {
    values[`id${row}`] = repeat ? -1 : id;
  });
  return size === 0 ? [] : connection.run(selectPassages(size), values);
}

/** Calls `put` for every row and, with the last one again, up to a size that a statement is compiled for. */
function fill<T>(
  rows: readonly T[],
  put: (row: number, value: T, repeat: boolean) => void,
): number {
  const last = rows.at(-1);
  if (last === undefined) return 0;
  let size = 8;
  while (size < rows.length) size *= 2;
  for (let row = 0; row < size; row += 1) put(row, rows[row] ?? last, row >= rows.length);
  return size;
}

const CHUNKS_PER_STATEMENT = 128;

type AmongValues = { tenantId: string } & {
  [row: `id${number}` | `weight${number}` | `chunk${number}`]: number;
};
type TermValues = { tenantId: string } & { [row: `term${number}`]: string };
type IdValues = { tenantId: string } & { [row: `id${number}`]: number };
type QuestionValues = { tenantId: string; limit: number } & {
  [row: `id${number}` | `weight${number}`]: number;
};

const selectCorpus = statement<{ tenantId: string }>()((db, p) =>
  db
    .selectFrom("corpus_stats")
    .innerJoin("corpus_languages", "corpus_languages.tenant_id", "corpus_stats.tenant_id")
    .select(["corpus_stats.chunks", "corpus_languages.language"])
    .where("corpus_stats.tenant_id", "=", p("tenantId"))
    .where("corpus_languages.chunks", ">", 0)
    .orderBy("corpus_languages.chunks", "desc"),
);

const selectTerms = perSize((rows) =>
  statement<TermValues>()((db, p) =>
    db
      .selectFrom("terms")
      .select(["term", "id", "document_frequency"])
      .where("tenant_id", "=", p("tenantId"))
      .where(sql<boolean>`term in (${sql.join(rows.map((row) => p(`term${row}`)))})`),
  ),
);

const selectScores = perSize((rows) =>
  statement<QuestionValues>()((db, p) =>
    sumOfPostings(
      db,
      rows.map((row) => sql`(${asId(p(`id${row}`))}, ${asWeight(p(`weight${row}`))})`),
    )
      .where("postings.tenant_id", "=", p("tenantId"))
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

const selectPassages = perSize((rows) =>
  statement<IdValues>()((db, p) =>
    db
      .selectFrom("chunks")
      .innerJoin("documents", (join) =>
        join
          .onRef("documents.tenant_id", "=", "chunks.tenant_id")
          .onRef("documents.id", "=", "chunks.document_id"),
      )
      .select([
        "chunks.id",
        "chunks.document_id",
        "documents.title",
        "documents.source",
        "documents.url",
        "chunks.heading",
        "chunks.anchor",
        "chunks.start_offset",
        "chunks.end_offset",
        "chunks.text",
      ])
      .where("chunks.tenant_id", "=", p("tenantId"))
      .where("documents.state", "=", "ready")
      .where(sql<boolean>`chunks.id in (${sql.join(rows.map((row) => p(`id${row}`)))})`),
  ),
);
