import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { type SecretName, secretNameSchema } from "@orcha/contract";
import type { Installation } from "../installation.ts";
import { getTenant } from "../tenants/registry/registry.ts";
import { putSecret, removeSecret, rotateSecrets } from "../tenants/secrets/manage-secrets.ts";
import { openSealer } from "../tenants/secrets/open-sealer.ts";
import { listSecrets } from "../tenants/secrets/secret-store.ts";
import { SetUpError } from "../tenants/set-up.ts";
import { printTable, withDatabase } from "./command-database.ts";

export interface SecretArgs {
  readonly tenant?: string | undefined;
}
export interface NamedSecretArgs extends SecretArgs {
  /** `jwt` or `model`. */
  readonly kind: string;
  /** The key id, or the provider. */
  readonly name: string;
}

/** `orcha secret list`: names and dates; no value is ever shown. */
export async function runSecretList(installation: Installation, args: SecretArgs): Promise<void> {
  await withDatabase(installation, args.tenant, async ({ database }, tenantId) => {
    await getTenant({ database }, tenantId);
    const secrets = await listSecrets(database.reader, tenantId);
    const rows = secrets.map(({ kind, name, createdAt }) => [
      kind,
      name,
      new Date(createdAt).toISOString(),
    ]);
    printTable([["KIND", "NAME", "SET"], ...rows]);
  });
}

/** `orcha secret set`: the value comes from the input, so that it stands in no history and no list of processes. */
export async function runSecretSet(
  installation: Installation,
  args: NamedSecretArgs,
  input: Readable,
): Promise<void> {
  const secret = secretOf(args);
  const value = (await text(input)).replace(/\r?\n$/, "");
  if (value === "") throw new SetUpError("The secret is read from the input, which was empty.");
  await withDatabase(installation, args.tenant, async ({ config, database, entryOf }, tenantId) => {
    const deps = { database, sealer: openSealer(config) };
    await putSecret(deps, tenantId, secret, value, entryOf);
    process.stdout.write(`The secret ${secret.kind}/${secret.name} of ${tenantId} is set.\n`);
  });
}

/** `orcha secret delete`. */
export async function runSecretDelete(
  installation: Installation,
  args: NamedSecretArgs,
): Promise<void> {
  const secret = secretOf(args);
  await withDatabase(installation, args.tenant, async ({ database, entryOf }, tenantId) => {
    await removeSecret(database, tenantId, secret, entryOf);
    process.stdout.write(`The secret ${secret.kind}/${secret.name} of ${tenantId} is gone.\n`);
  });
}

/** `orcha secret rotate`: seals everything with the first key of ORCHA_SECRET_KEYS, so that the others can go. */
export async function runSecretRotate(installation: Installation): Promise<void> {
  await withDatabase(installation, undefined, async ({ config, database }) => {
    const { resealed, broken } = await rotateSecrets({ database, sealer: openSealer(config) });
    process.stdout.write(`${resealed} secrets were sealed anew.\n`);
    if (broken.length === 0) return;
    const names = broken.map(({ tenantId, kind, name }) => `${tenantId} ${kind}/${name}`);
    throw new SetUpError(`No key opens these; set them again: ${names.join(", ")}`);
  });
}

function secretOf({ kind, name }: NamedSecretArgs): SecretName {
  const parsed = secretNameSchema.safeParse({ kind, name });
  if (parsed.success) return parsed.data;
  throw new SetUpError(
    "--kind is jwt with a key id as --name, or model with openai, anthropic or google.",
  );
}
