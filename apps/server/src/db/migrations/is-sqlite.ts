import { type Kysely, SqliteAdapter } from "kysely";

export function isSqlite(db: Kysely<unknown>): boolean {
  return db.getExecutor().adapter instanceof SqliteAdapter;
}
