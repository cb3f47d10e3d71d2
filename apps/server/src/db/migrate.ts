import { type Kysely, Migrator, sql } from "kysely";
import { MIGRATIONS } from "./migrations/index.ts";
import type { Schema } from "./schema.ts";

/** Runs what is missing, under Kysely's lock. A schema that is newer than this version is left as it is. */
export async function migrate(db: Kysely<Schema>): Promise<void> {
  const done = await appliedMigrations(db);
  if (Object.keys(MIGRATIONS).every((name) => done.has(name))) return;

  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...MIGRATIONS }) },
  });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}

/** Reading the list costs a millisecond; asking the migrator costs twenty at every start. */
async function appliedMigrations(db: Kysely<Schema>): Promise<ReadonlySet<string>> {
  try {
    const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db);
    return new Set(rows.map((row) => row.name));
  } catch {
    return new Set(); // the very first start: the table is not there
  }
}
