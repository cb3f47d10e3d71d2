import { sql } from "kysely";
import type { Connection } from "../db/database.ts";
import { fill, perSize } from "../db/sized-statements.ts";
import { statement } from "../db/statement.ts";

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

type IdValues = { tenantId: string } & { [row: `id${number}`]: number };

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
