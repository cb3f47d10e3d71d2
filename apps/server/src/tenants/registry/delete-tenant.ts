import { setTimeout as wait } from "node:timers/promises";
import { OrchaError } from "@orcha/contract";
import type { AuditEntry } from "../../audit/store.ts";
import {
  eraseBatch,
  eraseTenantRow,
  hasRunningTurns,
  OWNED_TABLES,
  stopTurnsOfTenant,
} from "./erase-store.ts";
import { type EntryOf, getTenant, type RegistryDeps, updateTenant } from "./registry.ts";

/** Every replica knows by then that the tenant is suspended. */
const SUSPENSION_BINDS_MS = 1100;
const TURNS_END_MS = 5000;
const LOOK_MS = 100;

export interface DeletionDeps extends RegistryDeps {
  readonly defaultTenantId: string;
}

/**
 * Erases a tenant with everything that is its own. It is suspended first and its running turns are stopped, so that nothing
 * comes after; then it goes in small writes, its own row last: whoever is interrupted deletes it again.
 *
 * @param confirmation the tenant's id once more
 * @param lastEntry what stays in the installation's audit log
 * @throws OrchaError `invalid_request` for the default tenant or without the confirmation, `tenant_not_found`
 */
export async function deleteTenant(
  deps: DeletionDeps,
  tenantId: string,
  confirmation: string,
  entryOf: EntryOf,
  lastEntry: (erased: Readonly<Record<string, number>>) => AuditEntry,
): Promise<Readonly<Record<string, number>>> {
  await getTenant(deps, tenantId);
  if (tenantId === deps.defaultTenantId) {
    throw new OrchaError("invalid_request", "The default tenant cannot be deleted.");
  }
  if (confirmation !== tenantId) {
    throw new OrchaError(
      "invalid_request",
      `confirm must be "${tenantId}": nothing brings it back.`,
    );
  }

  await updateTenant(deps, tenantId, { suspended: true }, entryOf);
  await wait(SUSPENSION_BINDS_MS);
  await endTurns(deps, tenantId);

  const erased = await eraseInBatches(deps, tenantId);
  await deps.database.write(eraseTenantRow, { tenantId, entry: lastEntry(erased) });
  return erased;
}

/** A turn whose process is gone ends with its row. */
async function endTurns({ database }: DeletionDeps, tenantId: string): Promise<void> {
  await database.write(stopTurnsOfTenant, { tenantId });
  const until = performance.now() + TURNS_END_MS;
  while ((await hasRunningTurns(database.reader, tenantId)) && performance.now() < until) {
    await wait(LOOK_MS);
  }
}

async function eraseInBatches(
  { database }: DeletionDeps,
  tenantId: string,
): Promise<Record<string, number>> {
  const erased: Record<string, number> = {};
  for (const { table } of OWNED_TABLES) {
    let rows = 0;
    let batch = 0;
    do {
      batch = await database.write(eraseBatch, { tenantId, table });
      rows += batch;
    } while (batch > 0);
    if (rows > 0) erased[table] = rows;
  }
  return erased;
}
