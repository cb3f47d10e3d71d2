import { join } from "node:path";
import type { Config } from "./config/config.ts";
import type { Database } from "./db/database.ts";
import { openSqliteDatabase } from "./db/sqlite-database.ts";

/** Opens the storage that the configuration names: PostgreSQL, or SQLite in the data folder. */
export async function openDatabase(config: Config, writerScript: URL): Promise<Database> {
  if (!config.DATABASE_URL) {
    return openSqliteDatabase(join(config.ORCHA_DATA_DIR, "orcha.db"), writerScript);
  }
  // Loaded only when asked for: most installations never need it.
  const { openPostgresDatabase } = await import("./db/postgres.ts");
  return openPostgresDatabase(config.DATABASE_URL);
}
