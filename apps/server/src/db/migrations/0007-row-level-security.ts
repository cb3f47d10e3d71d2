import { type Kysely, type Migration, sql } from "kysely";
import { isSqlite } from "./is-sqlite.ts";

/** Tables whose rows belong to a tenant. */
const TABLES = [
  "tenants",
  "tenant_labels",
  "users",
  "conversations",
  "turns",
  "messages",
  "turn_pieces",
  "idempotency_keys",
  "documents",
  "chunks",
  "terms",
  "postings",
  "corpus_stats",
  "corpus_languages",
  "api_keys",
  "tenant_secrets",
  "operator_roles",
  "audit_log",
  "budget_spend",
  "usage_daily",
  "misses",
  "erasures",
];

/**
 * The second wall on PostgreSQL: a query sees and writes rows of the tenant that it was sent for and of no other, whatever its
 * conditions say. Forced, because the tables' owner is who asks. Without a tenant set nothing is seen.
 */
export const rowLevelSecurity: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    if (isSqlite(db)) return;
    for (const table of TABLES) {
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
  },
};
