import { sql } from "kysely";
import { perSize } from "../db/sized-statements.ts";
import { statement } from "../db/statement.ts";

export type TermValues = { tenantId: string } & { [row: `term${number}`]: string } & {
  [row: `id${number}` | `count${number}`]: number;
};
export type PostingValues = { tenantId: string } & {
  [row: `term${number}` | `chunk${number}` | `impact${number}`]: number;
};
export type TermIdValues = { tenantId: string; count: number } & { [row: `id${number}`]: number };

export const upsertTermRows = perSize((rows) =>
  statement<TermValues>()((db, p) =>
    db
      .insertInto("terms")
      .values(
        rows.map((row) => ({
          tenant_id: p("tenantId"),
          term: p(`term${row}`),
          id: p(`id${row}`),
          document_frequency: p(`count${row}`),
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(["tenant_id", "term"]).doUpdateSet({
          document_frequency: sql`terms.document_frequency + excluded.document_frequency`,
        }),
      )
      .returning(["term", "id"]),
  ),
);

export const insertPostingRows = perSize((rows) =>
  statement<PostingValues>()((db, p) =>
    db.insertInto("postings").values(
      rows.map((row) => ({
        tenant_id: p("tenantId"),
        term_id: p(`term${row}`),
        chunk_id: p(`chunk${row}`),
        impact: p(`impact${row}`),
      })),
    ),
  ),
);

export const lowerTermRows = perSize((rows) =>
  statement<TermIdValues>()((db, p) =>
    db
      .updateTable("terms")
      .set({ document_frequency: sql`document_frequency - ${p("count")}` })
      .where("tenant_id", "=", p("tenantId"))
      .where(sql<boolean>`id in (${sql.join(rows.map((row) => p(`id${row}`)))})`),
  ),
);

export const deleteUnusedTermRows = perSize((rows) =>
  statement<TermIdValues>()((db, p) =>
    db
      .deleteFrom("terms")
      .where("tenant_id", "=", p("tenantId"))
      .where(sql<boolean>`id in (${sql.join(rows.map((row) => p(`id${row}`)))})`)
      .where("document_frequency", "=", 0),
  ),
);

export const updateCorpus = statement<{
  tenantId: string;
  ids: number;
  chunks: number;
  length: number;
}>()((db, p) =>
  db
    .insertInto("corpus_stats")
    .values({
      tenant_id: p("tenantId"),
      last_id: p("ids"),
      published_id: 0,
      chunks: p("chunks"),
      total_length: p("length"),
    })
    .onConflict((conflict) =>
      conflict.column("tenant_id").doUpdateSet({
        last_id: sql`corpus_stats.last_id + excluded.last_id`,
        chunks: sql`corpus_stats.chunks + excluded.chunks`,
        total_length: sql`corpus_stats.total_length + excluded.total_length`,
      }),
    )
    .returning(["last_id", "chunks", "total_length"]),
);

/** All that was written so far may be found. */
export const publishIds = statement<{ tenantId: string }>()((db, p) =>
  db
    .updateTable("corpus_stats")
    .set((set) => ({ published_id: set.ref("last_id") }))
    .where("tenant_id", "=", p("tenantId")),
);

export const countLanguage = statement<{ tenantId: string; language: string; chunks: number }>()(
  (db, p) =>
    db
      .insertInto("corpus_languages")
      .values({ tenant_id: p("tenantId"), language: p("language"), chunks: p("chunks") })
      .onConflict((conflict) =>
        conflict
          .columns(["tenant_id", "language"])
          .doUpdateSet({ chunks: sql`corpus_languages.chunks + excluded.chunks` }),
      ),
);

export const insertChunk = statement<{
  tenantId: string;
  id: number;
  documentId: number;
  position: number;
  heading: string;
  anchor: string;
  start: number;
  end: number;
  length: number;
  text: string;
}>()((db, p) =>
  db.insertInto("chunks").values({
    tenant_id: p("tenantId"),
    id: p("id"),
    document_id: p("documentId"),
    position: p("position"),
    heading: p("heading"),
    anchor: p("anchor"),
    start_offset: p("start"),
    end_offset: p("end"),
    length: p("length"),
    text: p("text"),
  }),
);

export const findChunks = statement<{ tenantId: string; documentId: number; limit: number }>()(
  (db, p) =>
    db
      .selectFrom("chunks")
      .select(["id", "length"])
      .where("tenant_id", "=", p("tenantId"))
      .where("document_id", "=", p("documentId"))
      .orderBy("position")
      .limit(p("limit")),
);

export const deletePostings = statement<{ tenantId: string; chunkId: number }>()((db, p) =>
  db
    .deleteFrom("postings")
    .where("tenant_id", "=", p("tenantId"))
    .where("chunk_id", "=", p("chunkId"))
    .returning("term_id"),
);

export const deleteChunk = statement<{ tenantId: string; id: number }>()((db, p) =>
  db.deleteFrom("chunks").where("tenant_id", "=", p("tenantId")).where("id", "=", p("id")),
);
