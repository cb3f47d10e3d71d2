import { Kysely, PostgresDialect, sql } from "kysely";
import pg from "pg";
import { migrate } from "./migrate.ts";
import type { Schema } from "./schema.ts";
import { EVERY_TENANT } from "./statement.ts";

/** A database that does not answer is away: the visitor is told within three seconds. */
export const CONNECT_TIMEOUT_MS = 1_000;

/** The role of DATABASE_URL must not be used; the message is one line that says what mends it. */
export class UnsafeRoleError extends Error {
  override readonly name = "UnsafeRoleError";
}

/** Row-level security does not hold for a superuser, so the wall between the tenants would only seem to stand. */
async function refuseUnsafeRole(db: Kysely<Schema>): Promise<void> {
  const { rows } = await sql<{ role: string; unsafe: boolean }>`
    select rolname as role, rolsuper or rolbypassrls as unsafe from pg_roles where rolname = current_user
  `.execute(db);
  const [row] = rows;
  if (!row?.unsafe) return;
  throw new UnsafeRoleError(
    `DATABASE_URL connects as ${row.role}, for whom PostgreSQL's row-level security does not hold. Use a role of its own: create role orcha login password '…'; create database orcha owner orcha;`,
  );
}

/** On a connection of its own: building an index on a large table may take its time. */
export async function migratePostgres(url: string): Promise<void> {
  const pool = new pg.Pool({
    connectionString: url,
    max: 1,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // A migration goes over the rows of all tenants.
    options: `-c orcha.tenant=${EVERY_TENANT}`,
  });
  pool.on("error", () => {});
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  try {
    await refuseUnsafeRole(db);
    await migrate(db);
  } finally {
    await db.destroy();
  }
}
