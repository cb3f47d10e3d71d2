import type { Database } from "./database.ts";
import { statementOverAll } from "./statement.ts";

const anyRow = statementOverAll<Record<never, never>>()((db) =>
  db.selectFrom("installation").select("name").limit(1),
);

/** Resolves once the database has answered the smallest question. */
export async function askDatabase(database: Database): Promise<void> {
  await database.reader.run(anyRow, {});
}
