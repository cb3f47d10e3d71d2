import { createPublicKey } from "node:crypto";
import type { TenantSettings } from "@orcha/contract";
import type { Connection } from "../../db/database.ts";
import { importPublicKeys } from "../identity/token-keys.ts";
import { hasUsableKey } from "../keys/key-store.ts";
import { listSecrets } from "../secrets/secret-store.ts";
import type { Tenant } from "../settings.ts";

const MIN_RSA_BITS = 2048;

/** What is wrong with settings whose fields are right by themselves, as a sentence; undefined when they can be. */
export async function findSettingsProblem(
  reader: Connection,
  tenant: Tenant,
  now: number,
): Promise<string | undefined> {
  const { identity } = tenant.settings;
  return (await findKeyProblem(identity.keys)) ?? (await findModeProblem(reader, tenant, now));
}

async function findKeyProblem(
  keys: TenantSettings["identity"]["keys"],
): Promise<string | undefined> {
  const seen = new Set<string>();
  for (const key of keys) {
    if (seen.has(key.kid)) return `identity.keys has two keys "${key.kid}".`;
    seen.add(key.kid);
    const isImported = await importPublicKeys([key]).then(
      () => true,
      () => false,
    );
    if (!isImported) {
      return `identity.keys: public_key of "${key.kid}" is not a ${key.algorithm} key in PEM (-----BEGIN PUBLIC KEY-----).`;
    }
    const { modulusLength } = createPublicKey(key.public_key).asymmetricKeyDetails ?? {};
    if (modulusLength !== undefined && modulusLength < MIN_RSA_BITS) {
      return `identity.keys: "${key.kid}" has ${modulusLength} bits; RSA keys need at least ${MIN_RSA_BITS}.`;
    }
  }
  return undefined;
}

/** A tenant that wants tokens without a way to verify one would refuse everybody. */
async function findModeProblem(
  reader: Connection,
  { id, settings }: Tenant,
  now: number,
): Promise<string | undefined> {
  const { mode, keys, jwks_url } = settings.identity;
  if (mode === "off" || keys.length > 0 || jwks_url !== null) return undefined;
  const secrets = await listSecrets(reader, id);
  if (secrets.some(({ kind }) => kind === "jwt")) return undefined;
  if (mode === "required" && (await hasUsableKey(reader, id, now))) return undefined;
  return `identity.mode "${mode}" needs something to verify tokens with: identity.keys, identity.jwks_url, or first a secret of kind jwt.`;
}
