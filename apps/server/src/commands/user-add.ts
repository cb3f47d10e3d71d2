import { idSchema } from "@orcha/contract";
import { loadConfig } from "../config/config.ts";
import type { Installation } from "../installation.ts";
import { openDatabase } from "../open-database.ts";
import { SetUpError, setUpDatabase } from "../tenants/set-up.ts";
import { addUser, findTenant } from "../tenants/store.ts";

export interface UserAddArgs {
  readonly id: string;
  readonly tenant?: string | undefined;
  readonly name: string;
}

/** `orcha user add`: adds a row to a tenant's users. */
export async function runUserAdd(installation: Installation, args: UserAddArgs): Promise<void> {
  const config = loadConfig(installation.env);
  const id = idSchema.safeParse(args.id);
  if (!id.success) throw new SetUpError(`--id must be a positive whole number, not "${args.id}".`);
  const tenantId = args.tenant ?? config.DEFAULT_WIDGET_TENANT_ID;

  await using database = await openDatabase(config, installation.writerScript);
  await setUpDatabase(database, {
    tenantId: config.DEFAULT_WIDGET_TENANT_ID,
    userId: config.DEFAULT_WIDGET_USER_ID,
    now: Date.now(),
  });
  if (!(await findTenant(database.reader, tenantId))) {
    throw new SetUpError(`The tenant ${tenantId} does not exist.`);
  }
  const added = await database.write(addUser, {
    tenantId,
    id: id.data,
    name: args.name,
    now: Date.now(),
  });
  const outcome = added ? "was added to" : "is already a user of";
  process.stdout.write(`User ${id.data} ${outcome} the tenant ${tenantId}.\n`);
}
