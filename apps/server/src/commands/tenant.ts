import { tenantIdSchema, tenantSettingsSchema } from "@orcha/contract";
import type * as z from "zod";
import type { Installation } from "../installation.ts";
import { deleteTenant } from "../tenants/registry/delete-tenant.ts";
import {
  createTenant,
  getTenant,
  listTenants,
  type RegistryDeps,
  updateTenant,
} from "../tenants/registry/registry.ts";
import { SetUpError } from "../tenants/set-up.ts";
import { type CommandContext, printTable, withDatabase } from "./command-database.ts";

const PAGE = 200;

export interface TenantArgs {
  readonly id: string;
}
export interface TenantChangeArgs extends TenantArgs {
  readonly name?: string | undefined;
  /** JSON. */
  readonly settings?: string | undefined;
}
/** What only the models and prices can tell is wrong with settings. */
export type SettingsCheck = (context: CommandContext) => RegistryDeps["checkSettings"];

/** `orcha tenant list`. */
export async function runTenantList(installation: Installation): Promise<void> {
  await withDatabase(installation, undefined, async ({ database }) => {
    const rows = [["ID", "NAME", "STATE", "SINCE"]];
    let after: string | null = "";
    while (after !== null) {
      const { tenants, next } = await listTenants({ database }, { after, limit: PAGE });
      for (const { id, settings, createdAt } of tenants) {
        const state = settings.suspended ? "suspended" : "active";
        rows.push([id, settings.name, state, new Date(createdAt).toISOString().slice(0, 10)]);
      }
      after = next;
    }
    printTable(rows);
  });
}

/** `orcha tenant show`: the settings as JSON. */
export async function runTenantShow(installation: Installation, args: TenantArgs): Promise<void> {
  await withDatabase(installation, args.id, async ({ database }, id) => {
    const { settings } = await getTenant({ database }, id);
    process.stdout.write(`${JSON.stringify(settings, null, 2)}\n`);
  });
}

/** `orcha tenant create`. */
export async function runTenantCreate(
  installation: Installation,
  args: TenantChangeArgs,
  check: SettingsCheck,
): Promise<void> {
  const id = parse(tenantIdSchema, args.id, "--id");
  const settings = parse(tenantSettingsSchema, { name: id, ...settingsOf(args) }, "--settings");
  await withDatabase(installation, id, async (context) => {
    await createTenant(depsOf(context, check), { id, settings }, context.entryOf);
    process.stdout.write(`The tenant ${id} was made.\n`);
  });
}

/** `orcha tenant update`. */
export async function runTenantUpdate(
  installation: Installation,
  args: TenantChangeArgs,
  check: SettingsCheck,
): Promise<void> {
  const change = settingsOf(args);
  await withDatabase(installation, args.id, async (context, id) => {
    await updateTenant(depsOf(context, check), id, change, context.entryOf);
    process.stdout.write(`The tenant ${id} was changed.\n`);
  });
}

/** `orcha tenant suspend` and `resume`: a suspended tenant answers nobody. */
export async function runTenantSuspend(
  installation: Installation,
  args: TenantArgs,
  suspended: boolean,
): Promise<void> {
  await withDatabase(installation, args.id, async (context, id) => {
    const deps = depsOf(context, () => async () => undefined);
    await updateTenant(deps, id, { suspended }, context.entryOf);
    process.stdout.write(`The tenant ${id} ${suspended ? "is suspended" : "answers again"}.\n`);
  });
}

/** `orcha tenant delete`: erases it with everything that is its own. */
export async function runTenantDelete(
  installation: Installation,
  args: TenantArgs & { readonly confirm: string },
): Promise<void> {
  await withDatabase(installation, args.id, async (context, id) => {
    const deps = {
      ...depsOf(context, () => async () => undefined),
      defaultTenantId: context.config.DEFAULT_WIDGET_TENANT_ID,
    };
    const erased = await deleteTenant(deps, id, args.confirm, context.entryOf, (counts) =>
      context.entryOf("tenant.delete", id, { erased: counts }, "*"),
    );
    process.stdout.write(`The tenant ${id} was erased.\n`);
    printTable(Object.entries(erased).map(([table, rows]) => [table, String(rows)]));
  });
}

function depsOf(context: CommandContext, check: SettingsCheck): RegistryDeps {
  const { database, config } = context;
  return {
    database,
    defaultUserId: config.DEFAULT_WIDGET_USER_ID,
    checkSettings: check(context),
  };
}

function settingsOf({
  name,
  settings = "{}",
}: TenantChangeArgs): Readonly<Record<string, unknown>> {
  let given: unknown;
  try {
    given = JSON.parse(settings);
  } catch {
    throw new SetUpError("--settings must be JSON.");
  }
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new SetUpError("--settings must be a JSON object.");
  }
  return name === undefined ? { ...given } : { ...given, name };
}

function parse<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  flag: string,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = [flag, ...(issue?.path ?? [])].join(" ");
  throw new SetUpError(`${field}: ${issue?.message}`);
}
