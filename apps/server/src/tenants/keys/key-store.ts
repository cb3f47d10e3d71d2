import { KEY_SCOPES, type KeyScope } from "@orcha/contract";
import type { Connection } from "../../db/database.ts";
import { statement, statementOverAll } from "../../db/statement.ts";
import type { ApiKey } from "./api-key.ts";

/** A key as its owners see it. */
export interface ListedKey extends ApiKey {
  readonly prefix: string;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly lastUsedAt: number | null;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
}

const COLUMNS = [
  "tenant_id",
  "id",
  "name",
  "prefix",
  "scopes",
  "created_at",
  "created_by",
  "last_used_at",
  "expires_at",
  "revoked_at",
] as const;

const selectByHash = statementOverAll<{ hash: string }>()((db, p) =>
  db.selectFrom("api_keys").select(COLUMNS).where("hash", "=", p("hash")),
);
const selectPage = statement<{ tenantId: string; before: number; limit: number }>()((db, p) =>
  db
    .selectFrom("api_keys")
    .select(COLUMNS)
    .where("tenant_id", "=", p("tenantId"))
    .where("id", "<", p("before"))
    .orderBy("id", "desc")
    .limit(p("limit")),
);
const selectOne = statement<{ tenantId: string; id: number }>()((db, p) =>
  db
    .selectFrom("api_keys")
    .select(COLUMNS)
    .where("tenant_id", "=", p("tenantId"))
    .where("id", "=", p("id")),
);
const selectUsable = statement<{ tenantId: string; now: number }>()((db, p) =>
  db
    .selectFrom("api_keys")
    .select("id")
    .where("tenant_id", "=", p("tenantId"))
    .where("revoked_at", "is", null)
    .where((where) =>
      where.or([where("expires_at", "is", null), where("expires_at", ">", p("now"))]),
    )
    .limit(1),
);

interface KeyRow {
  readonly tenant_id: string;
  readonly id: number;
  readonly name: string;
  readonly prefix: string;
  readonly scopes: string;
  readonly created_at: number;
  readonly created_by: string;
  readonly last_used_at: number | null;
  readonly expires_at: number | null;
  readonly revoked_at: number | null;
}

function toListedKey(row: KeyRow): ListedKey {
  return {
    tenantId: row.tenant_id,
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: readScopes(row.scopes),
    createdAt: row.created_at,
    createdBy: row.created_by,
    lastUsedAt: row.last_used_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  };
}

/** A scope of a newer version opens nothing here. */
function readScopes(json: string): KeyScope[] {
  const stored: unknown = JSON.parse(json);
  return Array.isArray(stored) ? KEY_SCOPES.filter((scope) => stored.includes(scope)) : [];
}

export async function findKeyByHash(
  reader: Connection,
  hash: string,
): Promise<ListedKey | undefined> {
  const [row] = await reader.run(selectByHash, { hash });
  return row && toListedKey(row);
}

/** Newest first. */
export async function listKeys(
  reader: Connection,
  tenantId: string,
  page: { readonly before: number; readonly limit: number },
): Promise<ListedKey[]> {
  const rows = await reader.run(selectPage, { tenantId, ...page });
  return rows.map(toListedKey);
}

export async function findKey(
  reader: Connection,
  tenantId: string,
  id: number,
): Promise<ListedKey | undefined> {
  const [row] = await reader.run(selectOne, { tenantId, id });
  return row && toListedKey(row);
}

export async function hasUsableKey(
  reader: Connection,
  tenantId: string,
  now: number,
): Promise<boolean> {
  const rows = await reader.run(selectUsable, { tenantId, now });
  return rows.length > 0;
}
