import type { Kysely, Migration } from "kysely";
import { keepToTenant } from "./keep-to-tenant.ts";

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

/** The second wall on PostgreSQL. A later table is kept to its tenant by the migration that makes it. */
export const rowLevelSecurity: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const table of TABLES) await keepToTenant(db, table);
  },
};
