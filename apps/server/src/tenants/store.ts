import { storedTenantSettingsSchema, type TenantSettings } from "@orcha/contract";
import { type Connection, defineWrite } from "../db/database.ts";
import { EVERY_TENANT, statement, statementOverAll } from "../db/statement.ts";
import type { Tenant } from "./settings.ts";

const DAY_MS = 86_400_000;
const MAX_NEW_LABELS_A_DAY = 1000;

const selectTenant = statement<{ tenantId: string }>()((db, p) =>
  db.selectFrom("tenants").select("settings").where("tenant_id", "=", p("tenantId")),
);
const selectUser = statement<{ tenantId: string; id: number }>()((db, p) =>
  db
    .selectFrom("users")
    .select("id")
    .where("tenant_id", "=", p("tenantId"))
    .where("id", "=", p("id")),
);
const selectLabel = statement<{ tenantId: string; label: string }>()((db, p) =>
  db
    .selectFrom("tenant_labels")
    .select("label")
    .where("tenant_id", "=", p("tenantId"))
    .where("label", "=", p("label")),
);
const selectInstallation = statementOverAll<{ name: string }>()((db, p) =>
  db.selectFrom("installation").select("value").where("name", "=", p("name")),
);

export async function findTenant(
  reader: Connection,
  tenantId: string,
): Promise<Tenant | undefined> {
  const [row] = await reader.run(selectTenant, { tenantId });
  return (
    row && { id: tenantId, settings: storedTenantSettingsSchema.parse(JSON.parse(row.settings)) }
  );
}

export async function userExists(
  reader: Connection,
  tenantId: string,
  id: number,
): Promise<boolean> {
  const rows = await reader.run(selectUser, { tenantId, id });
  return rows.length > 0;
}

export async function labelExists(
  reader: Connection,
  tenantId: string,
  label: string,
): Promise<boolean> {
  const rows = await reader.run(selectLabel, { tenantId, label });
  return rows.length > 0;
}

/** The key that visitor secrets are signed with, the same on every replica; undefined in an empty database. */
export async function findVisitorKey(reader: Connection): Promise<string | undefined> {
  const [row] = await reader.run(selectInstallation, { name: "visitor_key" });
  return row?.value;
}

export async function listTenantIds(reader: Connection): Promise<string[]> {
  const rows = await reader.query(
    EVERY_TENANT,
    reader.builder.selectFrom("tenants").select("tenant_id").orderBy("tenant_id"),
  );
  return rows.map((row) => row.tenant_id);
}

/** On an empty database: makes the installation's secret, the default tenant and the default user. On any other: nothing. */
export const setUpInstallation = defineWrite(
  "tenants.setUpInstallation",
  async (
    transaction,
    input: {
      readonly tenantId: string;
      readonly userId: number;
      readonly settings: TenantSettings;
      readonly visitorKey: string;
      readonly now: number;
    },
  ): Promise<void> => {
    const { builder } = transaction;
    const made = await transaction.query(
      EVERY_TENANT,
      builder
        .insertInto("installation")
        .values({ name: "visitor_key", value: input.visitorKey })
        .onConflict((conflict) => conflict.doNothing())
        .returning("name"),
    );
    if (made.length === 0) return;
    await transaction.query(
      EVERY_TENANT,
      builder.insertInto("tenants").values({
        tenant_id: input.tenantId,
        created_at: input.now,
        settings: JSON.stringify(input.settings),
      }),
    );
    await transaction.query(
      EVERY_TENANT,
      builder.insertInto("users").values({
        tenant_id: input.tenantId,
        id: input.userId,
        name: "Widget visitors",
        created_at: input.now,
      }),
    );
  },
);

/** Adds a user row; false when it was there already. */
export const addUser = defineWrite(
  "tenants.addUser",
  async (
    transaction,
    input: {
      readonly tenantId: string;
      readonly id: number;
      readonly name: string;
      readonly now: number;
    },
  ): Promise<boolean> => {
    const rows = await transaction.query(
      input.tenantId,
      transaction.builder
        .insertInto("users")
        .values({
          tenant_id: input.tenantId,
          id: input.id,
          name: input.name,
          created_at: input.now,
        })
        .onConflict((conflict) => conflict.doNothing())
        .returning("id"),
    );
    return rows.length > 0;
  },
);

/** Records a label that is seen for the first time; false when the day has brought too many already. */
export const addLabel = defineWrite(
  "tenants.addLabel",
  async (
    transaction,
    input: { readonly tenantId: string; readonly label: string; readonly now: number },
  ): Promise<boolean> => {
    const { builder } = transaction;
    const [today] = await transaction.query(
      input.tenantId,
      builder
        .selectFrom("tenant_labels")
        .select((select) => select.fn.countAll<number>().as("count"))
        .where("tenant_id", "=", input.tenantId)
        .where("created_at", ">", input.now - DAY_MS),
    );
    if (today && today.count >= MAX_NEW_LABELS_A_DAY) return false;
    await transaction.query(
      input.tenantId,
      builder
        .insertInto("tenant_labels")
        .values({ tenant_id: input.tenantId, label: input.label, created_at: input.now })
        .onConflict((conflict) => conflict.doNothing()),
    );
    return true;
  },
);

export const TENANT_WRITES = [setUpInstallation, addUser, addLabel];
