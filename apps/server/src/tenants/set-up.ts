import { randomBytes } from "node:crypto";
import { storedTenantSettingsSchema } from "@orcha/contract";
import type { Database } from "../db/database.ts";
import {
  findTenant,
  findVisitorKey,
  listTenantIds,
  setUpInstallation,
  userExists,
} from "./store.ts";

/** The database cannot serve as it is; the message is one line that says what mends it. */
export class SetUpError extends Error {
  override readonly name = "SetUpError";
}

export interface Defaults {
  readonly tenantId: string;
  readonly userId: number;
  readonly now: number;
}

/** Gives an empty database its key, the default tenant and the default user; any other stays as it is. Returns the key. */
export async function setUpDatabase(database: Database, defaults: Defaults): Promise<string> {
  // Reading first saves every later start from waiting for the writer.
  const existing = await findVisitorKey(database.reader);
  if (existing !== undefined) return existing;
  await database.write(setUpInstallation, {
    ...defaults,
    settings: storedTenantSettingsSchema.parse({ name: "Assistant" }),
    visitorKey: randomBytes(32).toString("base64url"),
  });
  return setUpDatabase(database, defaults);
}

/**
 * Makes sure that the database can serve, and returns the installation's visitor key.
 * @throws SetUpError when a database that is not empty lacks the default tenant or user
 */
export async function prepareDatabase(database: Database, defaults: Defaults): Promise<string> {
  const { tenantId, userId } = defaults;
  const visitorKey = await setUpDatabase(database, defaults);
  if (!(await findTenant(database.reader, tenantId))) {
    const known = (await listTenantIds(database.reader)).join(", ");
    throw new SetUpError(
      `DEFAULT_WIDGET_TENANT_ID=${tenantId} is not a tenant of this database (it has: ${known}); set it to one of these.`,
    );
  }
  if (!(await userExists(database.reader, tenantId, userId))) {
    throw new SetUpError(
      `DEFAULT_WIDGET_USER_ID=${userId} has no row in users of the tenant ${tenantId}; add it with: orcha user add --tenant ${tenantId} --id ${userId}`,
    );
  }
  return visitorKey;
}
