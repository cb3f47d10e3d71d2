import { type AuditEntry, auditStep } from "../../audit/store.ts";
import { type Connection, defineSteps, must, step } from "../../db/database.ts";
import { statement, statementOverAll } from "../../db/statement.ts";

/** A tenant's row. */
export interface TenantRow {
  readonly id: string;
  readonly createdAt: number;
  /** JSON. */
  readonly settings: string;
}

const selectOne = statement<{ tenantId: string }>()((db, p) =>
  db
    .selectFrom("tenants")
    .select(["tenant_id", "created_at", "settings"])
    .where("tenant_id", "=", p("tenantId")),
);
const selectPage = statementOverAll<{ after: string; limit: number }>()((db, p) =>
  db
    .selectFrom("tenants")
    .select(["tenant_id", "created_at", "settings"])
    .where("tenant_id", ">", p("after"))
    .orderBy("tenant_id")
    .limit(p("limit")),
);
const insertTenant = statement<{ tenantId: string; now: number; settings: string }>()((db, p) =>
  db
    .insertInto("tenants")
    .values({ tenant_id: p("tenantId"), created_at: p("now"), settings: p("settings") })
    .onConflict((conflict) => conflict.doNothing()),
);
const insertUser = statement<{ tenantId: string; id: number; now: number }>()((db, p) =>
  db.insertInto("users").values({
    tenant_id: p("tenantId"),
    id: p("id"),
    name: "Widget visitors",
    created_at: p("now"),
  }),
);
const replaceSettings = statement<{ tenantId: string; from: string; to: string }>()((db, p) =>
  db
    .updateTable("tenants")
    .set({ settings: p("to") })
    .where("tenant_id", "=", p("tenantId"))
    .where("settings", "=", p("from")),
);

export async function findTenantRow(
  reader: Connection,
  tenantId: string,
): Promise<TenantRow | undefined> {
  const [row] = await reader.run(selectOne, { tenantId });
  return row && { id: row.tenant_id, createdAt: row.created_at, settings: row.settings };
}

/** By id. */
export async function listTenantRows(
  reader: Connection,
  page: { readonly after: string; readonly limit: number },
): Promise<TenantRow[]> {
  const rows = await reader.run(selectPage, { ...page });
  return rows.map((row) => ({
    id: row.tenant_id,
    createdAt: row.created_at,
    settings: row.settings,
  }));
}

/** Adds a tenant with the user that anonymous visitors write as; false when there is one of that name. */
export const addTenant = defineSteps(
  "tenants.add",
  (input: {
    readonly tenantId: string;
    readonly userId: number;
    readonly settings: string;
    readonly entry: AuditEntry;
  }) => {
    const { tenantId, userId, settings, entry } = input;
    return [
      must(insertTenant, { tenantId, settings, now: entry.now }),
      step(insertUser, { tenantId, id: userId, now: entry.now }),
      auditStep(entry),
    ];
  },
);

/** Changes settings; false when they are no longer what they were. */
export const changeSettings = defineSteps(
  "tenants.change-settings",
  (input: {
    readonly tenantId: string;
    readonly from: string;
    readonly to: string;
    readonly entry: AuditEntry;
  }) => {
    const { entry, ...change } = input;
    return [must(replaceSettings, change), auditStep(entry)];
  },
);

export const REGISTRY_WRITES = [addTenant, changeSettings];
