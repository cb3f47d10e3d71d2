import {
  OrchaError,
  storedTenantSettingsSchema,
  type TenantSettings,
  tenantSettingsSchema,
} from "@orcha/contract";
import type { AuditEntry } from "../../audit/store.ts";
import type { Database } from "../../db/database.ts";
import type { Tenant } from "../settings.ts";
import { findSettingsProblem } from "./check-settings.ts";
import {
  addTenant,
  changeSettings,
  findTenantRow,
  listTenantRows,
  type TenantRow,
} from "./registry-store.ts";

const MAX_ATTEMPTS = 5;

export interface RegisteredTenant extends Tenant {
  readonly createdAt: number;
}

export interface RegistryDeps {
  readonly database: Database;
  /** The user that each tenant gets for its anonymous visitors. */
  readonly defaultUserId: number;
  /** What only the models or the prices can tell is wrong with settings, as a sentence. */
  readonly checkSettings: (tenant: Tenant) => Promise<string | undefined>;
}

/** Makes what the audit log says about a change. */
export type EntryOf = (
  action: string,
  target: string,
  detail?: Readonly<Record<string, unknown>>,
) => AuditEntry;

/** @throws OrchaError `tenant_not_found` */
export async function getTenant(
  { database }: Pick<RegistryDeps, "database">,
  tenantId: string,
): Promise<RegisteredTenant> {
  const row = await findTenantRow(database.reader, tenantId);
  if (!row) throw new OrchaError("tenant_not_found");
  return toTenant(row);
}

/** By id, after the last one of the page before. */
export async function listTenants(
  { database }: Pick<RegistryDeps, "database">,
  page: { readonly after: string; readonly limit: number },
): Promise<{ readonly tenants: readonly RegisteredTenant[]; readonly next: string | null }> {
  const rows = await listTenantRows(database.reader, { ...page, limit: page.limit + 1 });
  const tenants = rows.slice(0, page.limit).map(toTenant);
  const next = rows.length > page.limit ? (tenants.at(-1)?.id ?? null) : null;
  return { tenants, next };
}

/** @throws OrchaError `invalid_request` for settings that cannot be, or a name that is taken */
export async function createTenant(
  deps: RegistryDeps,
  tenant: Tenant,
  entryOf: EntryOf,
): Promise<RegisteredTenant> {
  const { id, settings } = tenant;
  const entry = entryOf("tenant.create", id);
  await refuseProblem(deps, tenant, entry.now);
  const isNew = await deps.database.write(addTenant, {
    tenantId: id,
    userId: deps.defaultUserId,
    settings: JSON.stringify(settings),
    entry,
  });
  if (!isNew) throw new OrchaError("invalid_request", `There is a tenant ${id} already.`);
  return { ...tenant, createdAt: entry.now };
}

/**
 * Changes some settings: groups are merged one level deep, lists replaced; the whole must be right afterwards.
 * @throws OrchaError `invalid_request`, `tenant_not_found`
 */
export async function updateTenant(
  deps: RegistryDeps,
  tenantId: string,
  change: Readonly<Record<string, unknown>>,
  entryOf: EntryOf,
): Promise<RegisteredTenant> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const row = await findTenantRow(deps.database.reader, tenantId);
    if (!row) throw new OrchaError("tenant_not_found");
    const before = toTenant(row);
    const settings = checkedSettings(merge(before.settings, change));
    const changed = changedFields(before.settings, settings);
    const entry = entryOf(actionOf(before.settings, settings), tenantId, { changed });
    // Suspending must work whatever has become of the rest, such as a model's price.
    if (changed.some((name) => name !== "suspended")) {
      await refuseProblem(deps, { id: tenantId, settings }, entry.now);
    }
    // What a newer version put there stays.
    const to = JSON.stringify(merge(JSON.parse(row.settings), settings));
    const isKept =
      to === row.settings ||
      (await deps.database.write(changeSettings, { tenantId, from: row.settings, to, entry }));
    if (isKept) return { ...before, settings };
  }
  throw new OrchaError("unavailable"); // others went on changing it
}

async function refuseProblem(deps: RegistryDeps, tenant: Tenant, now: number): Promise<void> {
  const problem =
    (await findSettingsProblem(deps.database.reader, tenant, now)) ??
    (await deps.checkSettings(tenant));
  if (problem !== undefined) throw new OrchaError("invalid_request", problem);
}

function toTenant({ id, createdAt, settings }: TenantRow): RegisteredTenant {
  return { id, createdAt, settings: storedTenantSettingsSchema.parse(JSON.parse(settings)) };
}

type Fields = Readonly<Record<string, unknown>>;

/** One level deep: fields of a group that are not named stay. */
function merge(fields: Fields, change: Fields): Fields {
  const merged = new Map(Object.entries(fields));
  for (const [name, value] of Object.entries(change)) {
    const old = merged.get(name);
    merged.set(name, isGroup(old) && isGroup(value) ? { ...old, ...value } : value);
  }
  return Object.fromEntries(merged);
}

function isGroup(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function checkedSettings(fields: Fields): TenantSettings {
  const parsed = tenantSettingsSchema.safeParse(fields);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new OrchaError("invalid_request", `settings.${issue?.path.join(".")}: ${issue?.message}`);
}

function actionOf(before: TenantSettings, after: TenantSettings): string {
  if (before.suspended === after.suspended) return "tenant.update";
  return after.suspended ? "tenant.suspend" : "tenant.resume";
}

/** The names of what changed; the values stand in the settings, and may be long. */
function changedFields(before: TenantSettings, after: TenantSettings): string[] {
  const old = new Map(flat(before));
  return flat(after)
    .filter(([name, value]) => old.get(name) !== value)
    .map(([name]) => name);
}

function flat(settings: Fields): [string, string][] {
  return Object.entries(settings).flatMap(([name, value]): [string, string][] =>
    isGroup(value)
      ? Object.entries(value).map(([field, inner]) => [`${name}.${field}`, JSON.stringify(inner)])
      : [[name, JSON.stringify(value)]],
  );
}
