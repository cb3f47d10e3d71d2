import { type Kysely, sql } from "kysely";
import { isSqlite } from "./is-sqlite.ts";

/**
 * Makes a query on PostgreSQL see and write rows of the tenant that it was sent for and of no other, whatever its conditions
 * say. Forced, because the tables' owner is who asks. Without a tenant set nothing is seen.
 */
export async function keepToTenant(db: Kysely<unknown>, table: string): Promise<void> {
  if (isSqlite(db)) return;
  await sql`alter table ${sql.table(table)} enable row level security`.execute(db);
  await sql`alter table ${sql.table(table)} force row level security`.execute(db);
  // As sub-selects, so that the setting is read once for a query and not for each row.
  await sql`
    create policy of_its_tenant on ${sql.table(table)} using (
      tenant_id = (select current_setting('orcha.tenant', true))
      or (select current_setting('orcha.tenant', true)) = '*'
    )
  `.execute(db);
}
