import type { Database } from "../db/database.ts";
import { remove } from "../operators/manage.ts";
import { listOperators } from "../operators/operators-store.ts";
import { deleteTenant } from "../tenants/registry/delete-tenant.ts";
import { findTenant } from "../tenants/store.ts";
import type { TestPlace } from "./build-world.ts";
import { entryOf } from "./plant-tenants.ts";
import { eraseLabel } from "./traces-store.ts";

const PAGE = { after: 0, limit: 100 };

export interface CleanUpDeps {
  readonly database: Database;
  readonly defaultTenantId: string;
  readonly defaultUserId: number;
}

/** Erases what the test made, however far it came. */
export async function cleanUp(
  deps: CleanUpDeps,
  {
    tenants,
    labels,
  }: { readonly tenants: readonly TestPlace[]; readonly labels: readonly TestPlace[] },
): Promise<void> {
  const { database, defaultTenantId } = deps;
  for (const { tenantId } of tenants) {
    if (!(await findTenant(database.reader, tenantId))) continue;
    await removeOperators(database, tenantId);
    const entry = entryOf(tenantId);
    await deleteTenant(
      { ...deps, checkSettings: async () => undefined },
      tenantId,
      tenantId,
      entry,
      (erased) => entryOf("*")("tenant.delete", tenantId, { erased }),
    );
  }
  for (const { tenantId } of labels) {
    await database.write(eraseLabel, { tenantId: defaultTenantId, label: tenantId });
  }
}

async function removeOperators(database: Database, tenantId: string): Promise<void> {
  const { operators } = await listOperators(database.reader, tenantId, PAGE);
  const manager = { scope: "*", rank: "installation-owner" } as const;
  for (const { id } of operators) {
    const audit = entryOf("*")("operator.delete", String(id));
    await remove(database, { id, manager, audit });
  }
}
