import type { SelectQueryBuilder } from "kysely";
import type { Connection } from "./database.ts";
import type { Schema } from "./schema.ts";

/**
 * Makes a query hold the rows that it finds until its transaction ends, so that what is decided about them stays true. On
 * SQLite a write has the whole file to itself already.
 */
export function lockRows<Table extends keyof Schema, R>(
  { engine }: Connection,
  query: SelectQueryBuilder<Schema, Table, R>,
): SelectQueryBuilder<Schema, Table, R> {
  return engine === "postgres" ? query.forUpdate() : query;
}
