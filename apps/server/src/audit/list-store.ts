import type { Connection } from "../db/database.ts";
import type { Actor } from "./store.ts";

/** A change that was made, as it was written down. */
export interface RecordedEntry {
  readonly id: number;
  readonly tenantId: string;
  readonly createdAt: number;
  readonly actor: Actor;
  readonly action: string;
  readonly target: string;
  readonly detail: Record<string, unknown>;
  readonly address: string;
}

/** A page of the log, the latest entries first; "*" reads what was done in all tenants and to the installation. */
export async function listAudit(
  reader: Connection,
  tenantId: string,
  page: { readonly before: number | undefined; readonly limit: number },
): Promise<{ readonly entries: readonly RecordedEntry[]; readonly next: number | undefined }> {
  let query = reader.builder
    .selectFrom("audit_log")
    .selectAll()
    .orderBy("id", "desc")
    .limit(page.limit + 1);
  if (tenantId !== "*") query = query.where("tenant_id", "=", tenantId);
  if (page.before !== undefined) query = query.where("id", "<", page.before);
  const rows = await reader.query(tenantId, query);
  const shown = rows.slice(0, page.limit);
  const entries = shown.map((row) => ({
    id: row.id,
    tenantId: row.tenant_id,
    createdAt: row.created_at,
    actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
    action: row.action,
    target: row.target,
    detail: JSON.parse(row.detail) as Record<string, unknown>, // written by `toRow` from an object
    address: row.address,
  }));
  return { entries, next: rows.length > page.limit ? shown.at(-1)?.id : undefined };
}
