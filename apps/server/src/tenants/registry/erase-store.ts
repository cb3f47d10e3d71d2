import { type Compilable, sql } from "kysely";
import { type AuditEntry, writeAudit } from "../../audit/store.ts";
import { type Connection, defineWrite } from "../../db/database.ts";
import type { Schema } from "../../db/schema.ts";
import { EVERY_TENANT, statement } from "../../db/statement.ts";

interface OwnedTable {
  readonly table: keyof Schema;
  /** Its key after the tenant. */
  readonly key: readonly string[];
  /** Rows of a write; fewer of those that are large. */
  readonly batch: number;
}

/**
 * Every table with rows of tenants but `tenants` itself: what points to another row stands before it. A table that is missing
 * here makes a test fail.
 */
export const OWNED_TABLES: readonly OwnedTable[] = [
  { table: "turn_pieces", key: ["turn_id", "piece"], batch: 500 },
  { table: "idempotency_keys", key: ["scope", "key"], batch: 500 },
  { table: "feedback", key: ["message_id"], batch: 500 },
  { table: "messages", key: ["id"], batch: 500 },
  { table: "turns", key: ["id"], batch: 500 },
  { table: "conversations", key: ["id"], batch: 500 },
  { table: "users", key: ["id"], batch: 500 },
  { table: "tenant_labels", key: ["label"], batch: 500 },
  { table: "postings", key: ["term_id", "chunk_id"], batch: 2000 },
  { table: "terms", key: ["term"], batch: 1000 },
  { table: "chunks", key: ["id"], batch: 200 },
  { table: "documents", key: ["id"], batch: 10 },
  { table: "corpus_stats", key: [], batch: 1 },
  { table: "corpus_languages", key: ["language"], batch: 100 },
  { table: "api_keys", key: ["id"], batch: 500 },
  { table: "tenant_secrets", key: ["id"], batch: 100 },
  { table: "operator_roles", key: ["operator_id"], batch: 500 },
  { table: "budget_spend", key: ["subject", "period"], batch: 500 },
  {
    table: "usage_daily",
    key: ["day", "label", "user_id", "model", "slot"],
    batch: 500,
  },
  { table: "misses", key: ["address", "window_start"], batch: 500 },
  { table: "erasures", key: ["id"], batch: 500 },
  { table: "audit_log", key: ["id"], batch: 500 },
];

const stopTurns = statement<{ tenantId: string }>()((db, p) =>
  db
    .updateTable("turns")
    .set({ stop_requested: 1 })
    .where("tenant_id", "=", p("tenantId"))
    .where("state", "=", "pending"),
);
const selectPending = statement<{ tenantId: string }>()((db, p) =>
  db
    .selectFrom("turns")
    .select("id")
    .where("tenant_id", "=", p("tenantId"))
    .where("state", "=", "pending")
    .limit(1),
);

/** Asks whoever runs a turn of the tenant to end it. */
export const stopTurnsOfTenant = defineWrite(
  "tenants.stop-turns",
  async (transaction, input: { readonly tenantId: string }): Promise<void> => {
    await transaction.change(stopTurns, input);
  },
);

export async function hasRunningTurns(reader: Connection, tenantId: string): Promise<boolean> {
  const rows = await reader.run(selectPending, { tenantId });
  return rows.length > 0;
}

/** Erases some rows of one table; answers how many, and 0 when none is left. */
export const eraseBatch = defineWrite(
  "tenants.erase-batch",
  async (
    transaction,
    input: { readonly tenantId: string; readonly table: keyof Schema },
  ): Promise<number> => {
    const owned = OWNED_TABLES.find(({ table }) => table === input.table);
    if (!owned) throw new TypeError(`Not a table of tenants: ${input.table}`);
    return eraseRows(transaction, input.tenantId, owned, owned.batch);
  },
);

/** Erases what came meanwhile, and the tenant itself. Its last entry stands in the installation's log. */
export const eraseTenantRow = defineWrite(
  "tenants.erase",
  async (
    transaction,
    { tenantId, entry }: { readonly tenantId: string; readonly entry: AuditEntry },
  ): Promise<void> => {
    for (const owned of OWNED_TABLES) await eraseRows(transaction, tenantId, owned, undefined);
    await transaction.query(
      EVERY_TENANT,
      transaction.builder.deleteFrom("tenants").where("tenant_id", "=", tenantId),
    );
    await writeAudit(transaction, entry);
  },
);

async function eraseRows(
  transaction: Connection,
  tenantId: string,
  { table, key }: OwnedTable,
  limit: number | undefined,
): Promise<number> {
  const columns = sql.join(["tenant_id", ...key].map((column) => sql.ref(column)));
  const some = sql`(${columns}) in (
    select ${columns} from ${sql.table(table)} where tenant_id = ${tenantId} limit ${limit ?? 0}
  )`;
  const erased = sql`
    delete from ${sql.table(table)} where tenant_id = ${tenantId}
    ${limit === undefined ? sql`` : sql`and ${some}`} returning 1 as erased
  `;
  const query: Compilable<unknown> = { compile: () => erased.compile(transaction.builder) };
  return (await transaction.query(tenantId, query)).length;
}

export const ERASE_WRITES = [stopTurnsOfTenant, eraseBatch, eraseTenantRow];
