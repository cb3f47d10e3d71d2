import type { Kysely, Migration } from "kysely";

/** Up to which id a tenant's passages belong to finished documents, so that a question does not read those in the making. */
export const publishedId: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .alterTable("corpus_stats")
      .addColumn("published_id", "bigint", (column) => column.notNull().defaultTo(0))
      .execute();
    const stats = db as Kysely<{ corpus_stats: { published_id: number; last_id: number } }>;
    await stats
      .updateTable("corpus_stats")
      .set((set) => ({ published_id: set.ref("last_id") }))
      .execute();
  },
};
