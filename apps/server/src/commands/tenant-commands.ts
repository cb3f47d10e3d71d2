import type { Installation } from "../installation.ts";
import { branch, leaf } from "./leaf.ts";

const tenant = {
  type: "string",
  valueHint: "ID",
  description: "The tenant; without it DEFAULT_WIDGET_TENANT_ID",
} as const;
const id = { type: "string", required: true, description: "The tenant's id" } as const;
const settings = {
  type: "string",
  valueHint: "JSON",
  description: 'Settings as JSON, such as \'{"allowed_origins":["https://shop.example"]}\'',
} as const;
const name = { type: "string", description: "A name for people" } as const;
const kind = {
  type: "string",
  required: true,
  valueHint: "jwt|model",
  description: "jwt for a secret that signs tokens, model for the key of a models' provider",
} as const;
const secretName = {
  type: "string",
  required: true,
  description: "The tokens' key id (kid), or the provider: openai, anthropic or google",
} as const;

/** `orcha tenant …`. */
export function tenantCommands(installation: Installation) {
  const load = () => import("./tenant.ts");
  const check = async () => (await import("./check-settings.ts")).checkWithInstallation;
  return branch(
    { name: "tenant", description: "Manage tenants: whose widget, documents, keys and limits" },
    {
      list: leaf("list", "List the tenants", {}, async () =>
        (await load()).runTenantList(installation),
      ),
      show: leaf("show", "Show a tenant's settings", { id }, async (args) =>
        (await load()).runTenantShow(installation, args),
      ),
      create: leaf("create", "Register a tenant", { id, name, settings }, async (args) =>
        (await load()).runTenantCreate(installation, args, await check()),
      ),
      update: leaf("update", "Change a tenant's settings", { id, name, settings }, async (args) =>
        (await load()).runTenantUpdate(installation, args, await check()),
      ),
      suspend: leaf("suspend", "Let a tenant answer nobody", { id }, async (args) =>
        (await load()).runTenantSuspend(installation, args, true),
      ),
      resume: leaf("resume", "Let a tenant answer again", { id }, async (args) =>
        (await load()).runTenantSuspend(installation, args, false),
      ),
      delete: leaf(
        "delete",
        "Erase a tenant with everything that is its own",
        { id, confirm: { type: "string", required: true, description: "The id once more" } },
        async (args) => (await load()).runTenantDelete(installation, args),
      ),
    },
  );
}

/** `orcha key …`. */
export function keyCommands(installation: Installation) {
  const load = () => import("./key.ts");
  return branch(
    { name: "key", description: "Manage secret keys of the API, for servers" },
    {
      list: leaf("list", "List the keys of a tenant", { tenant }, async (args) =>
        (await load()).runKeyList(installation, args),
      ),
      create: leaf(
        "create",
        "Make a key; it is shown this once",
        {
          tenant,
          name: { type: "string", required: true, description: "What it is for" },
          scopes: {
            type: "string",
            required: true,
            valueHint: "chat,search,read,write,admin",
            description: "What it may do, separated by commas",
          },
          expires: { type: "string", valueHint: "DATE", description: "When it ends" },
        },
        async (args) => (await load()).runKeyCreate(installation, args),
      ),
      revoke: leaf(
        "revoke",
        "End a key at once",
        { tenant, id: { type: "string", required: true, description: "The key's number" } },
        async (args) => (await load()).runKeyRevoke(installation, args),
      ),
    },
  );
}

/** `orcha secret …`. */
export function secretCommands(installation: Installation) {
  const load = () => import("./secret.ts");
  const named = { tenant, kind, name: secretName } as const;
  return branch(
    { name: "secret", description: "Manage what tenants entrust, sealed in the database" },
    {
      list: leaf("list", "List names and dates", { tenant }, async (args) =>
        (await load()).runSecretList(installation, args),
      ),
      set: leaf("set", "Keep a secret that is read from the input", named, async (args) =>
        (await load()).runSecretSet(installation, args, process.stdin),
      ),
      delete: leaf("delete", "Forget a secret", named, async (args) =>
        (await load()).runSecretDelete(installation, args),
      ),
      rotate: leaf("rotate", "Seal every secret anew with the first key", {}, async () =>
        (await load()).runSecretRotate(installation),
      ),
    },
  );
}
