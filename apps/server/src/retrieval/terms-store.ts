import { sql } from "kysely";
import type { Connection } from "../db/database.ts";
import { fill, perSize } from "../db/sized-statements.ts";
import { statement } from "../db/statement.ts";

/** How many passages a tenant's index has, up to which id they may be found, and their languages. */
export async function readCorpus(connection: Connection, tenantId: string) {
  const rows = await connection.run(selectCorpus, { tenantId });
  return {
    chunks: rows[0]?.chunks ?? 0,
    publishedId: rows[0]?.published_id ?? 0,
    languages: rows.map(({ language }) => language),
  };
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

type TermValues = { tenantId: string } & { [row: `term${number}`]: string };

const selectCorpus = statement<{ tenantId: string }>()((db, p) =>
  db
    .selectFrom("corpus_stats")
    .innerJoin("corpus_languages", "corpus_languages.tenant_id", "corpus_stats.tenant_id")
    .select(["corpus_stats.chunks", "corpus_stats.published_id", "corpus_languages.language"])
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
