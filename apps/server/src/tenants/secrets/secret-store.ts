import type { SecretKind } from "@orcha/contract";
import type { Connection } from "../../db/database.ts";
import { statement, statementOverAll } from "../../db/statement.ts";

/** A sealed secret and where it stands. */
export interface StoredSecret {
  readonly tenantId: string;
  readonly id: number;
  readonly kind: SecretKind;
  readonly name: string;
  readonly sealed: string;
  readonly createdAt: number;
}

const COLUMNS = ["tenant_id", "id", "kind", "name", "sealed", "created_at"] as const;

const selectOfTenant = statement<{ tenantId: string }>()((db, p) =>
  db
    .selectFrom("tenant_secrets")
    .select(COLUMNS)
    .where("tenant_id", "=", p("tenantId"))
    .orderBy("kind")
    .orderBy("name"),
);
const selectAll = statementOverAll<{ after: number; limit: number }>()((db, p) =>
  db
    .selectFrom("tenant_secrets")
    .select(COLUMNS)
    .where("id", ">", p("after"))
    .orderBy("id")
    .limit(p("limit")),
);

interface SecretRow {
  readonly tenant_id: string;
  readonly id: number;
  readonly kind: SecretKind;
  readonly name: string;
  readonly sealed: string;
  readonly created_at: number;
}

function toStoredSecret(row: SecretRow): StoredSecret {
  const { tenant_id: tenantId, created_at: createdAt, id, kind, name, sealed } = row;
  return { tenantId, id, kind, name, sealed, createdAt };
}

export async function listSecrets(reader: Connection, tenantId: string): Promise<StoredSecret[]> {
  const rows = await reader.run(selectOfTenant, { tenantId });
  return rows.map(toStoredSecret);
}

/** Of all tenants, by id. */
export async function listAllSecrets(
  reader: Connection,
  page: { readonly after: number; readonly limit: number },
): Promise<StoredSecret[]> {
  const rows = await reader.run(selectAll, { ...page });
  return rows.map(toStoredSecret);
}
