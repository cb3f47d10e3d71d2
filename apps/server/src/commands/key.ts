import { idSchema, keyRequestSchema } from "@orcha/contract";
import type { Installation } from "../installation.ts";
import { listKeys } from "../tenants/keys/key-store.ts";
import { createKey, endKey } from "../tenants/keys/manage-keys.ts";
import { getTenant } from "../tenants/registry/registry.ts";
import { SetUpError } from "../tenants/set-up.ts";
import { type CommandContext, printTable, withDatabase } from "./command-database.ts";

const PAGE = 200;
const INSTALLATION = "*";
/** A day alone is its beginning, UTC. */
const DAY = /^\d{4}-\d\d-\d\d$/;

export interface KeyArgs {
  /** "*" for keys of the installation. */
  readonly tenant?: string | undefined;
}

/** `orcha key list`. */
export async function runKeyList(installation: Installation, args: KeyArgs): Promise<void> {
  await withDatabase(installation, args.tenant, async (context, tenantId) => {
    await requireTenant(context, tenantId);
    const rows = [["ID", "BEGINS", "NAME", "SCOPES", "LAST USE", "STATE"]];
    let before: number | undefined = Number.MAX_SAFE_INTEGER;
    while (before !== undefined) {
      const keys = await listKeys(context.database.reader, tenantId, { before, limit: PAGE });
      for (const key of keys) {
        const lastUse = key.lastUsedAt === null ? "never" : new Date(key.lastUsedAt).toISOString();
        rows.push([
          String(key.id),
          key.prefix,
          key.name,
          key.scopes.join(","),
          lastUse,
          stateOf(key, Date.now()),
        ]);
      }
      before = keys.length === PAGE ? keys.at(-1)?.id : undefined;
    }
    printTable(rows);
  });
}

/** `orcha key create`: prints the key, once. */
export async function runKeyCreate(
  installation: Installation,
  args: KeyArgs & {
    readonly name: string;
    /** Separated by commas. */
    readonly scopes: string;
    readonly expires?: string | undefined;
  },
): Promise<void> {
  const request = keyRequestSchema.safeParse({
    name: args.name,
    scopes: args.scopes.split(",").map((scope) => scope.trim()),
    expires_at: args.expires?.replace(DAY, "$&T00:00:00Z") ?? null,
  });
  if (!request.success) {
    const [issue] = request.error.issues;
    throw new SetUpError(`--${String(issue?.path[0]).replace("_at", "")}: ${issue?.message}`);
  }
  await withDatabase(installation, args.tenant, async (context, tenantId) => {
    await requireTenant(context, tenantId);
    const { token } = await createKey(context.database, tenantId, request.data, {
      mayGive: () => true,
      entryOf: context.entryOf,
    });
    process.stdout.write(`${token}\n`);
    process.stderr.write("Keep it now: it is not shown again.\n");
  });
}

/** `orcha key revoke`. */
export async function runKeyRevoke(
  installation: Installation,
  args: KeyArgs & { readonly id: string },
): Promise<void> {
  const id = idSchema.safeParse(args.id);
  if (!id.success) throw new SetUpError("--id must be a key's number, as orcha key list shows it.");
  await withDatabase(installation, args.tenant, async ({ database, entryOf }, tenantId) => {
    const key = await endKey(database, tenantId, id.data, entryOf);
    process.stdout.write(`The key ${key.prefix}… (${key.name}) is revoked.\n`);
  });
}

async function requireTenant({ database }: CommandContext, tenantId: string): Promise<void> {
  if (tenantId !== INSTALLATION) await getTenant({ database }, tenantId);
}

function stateOf(
  key: { readonly revokedAt: number | null; readonly expiresAt: number | null },
  now: number,
): string {
  if (key.revokedAt !== null) return "revoked";
  return key.expiresAt !== null && key.expiresAt <= now ? "expired" : "active";
}
