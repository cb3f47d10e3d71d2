import { OrchaError, type SecretName } from "@orcha/contract";
import type { AuditEntry } from "../../audit/store.ts";
import type { Database } from "../../db/database.ts";
import { timeOrderedId } from "../../db/ids.ts";
import type { Sealer } from "./sealed-text.ts";
import { deleteSecret, resealSecret, setSecret } from "./secret-changes-store.ts";
import { SecretKeysError } from "./secret-keys.ts";
import { listAllSecrets, type StoredSecret } from "./secret-store.ts";

/** HS256 is as strong as its secret: shorter ones can be guessed from a single token. */
const MIN_TOKEN_SECRET_BYTES = 32;
const BATCH = 100;

/** Makes what the audit log says about a change. */
type EntryOf = (action: string, target: string) => AuditEntry;

export interface SecretDeps {
  readonly database: Database;
  readonly sealer: Sealer;
}

/**
 * Seals and keeps a secret, in place of the one of its name.
 * @throws OrchaError `invalid_request` for one that is too short, a third one for tokens, or when there is no key to seal with
 */
export async function putSecret(
  { database, sealer }: SecretDeps,
  tenantId: string,
  { kind, name }: SecretName,
  value: string,
  entryOf: EntryOf,
): Promise<{ readonly createdAt: number }> {
  if (kind === "jwt" && Buffer.byteLength(value) < MIN_TOKEN_SECRET_BYTES) {
    throw new OrchaError(
      "invalid_request",
      `A secret for tokens must have at least ${MIN_TOKEN_SECRET_BYTES} bytes.`,
    );
  }
  const entry = entryOf("secret.set", `${kind}/${name}`);
  const sealed = await sealOrExplain(sealer, value, { tenantId, kind, name });
  const secret = { tenantId, id: timeOrderedId(entry.now), kind, name, sealed, now: entry.now };
  const outcome = await database.write(setSecret, { secret, entry });
  if (outcome === "no-tenant") throw new OrchaError("tenant_not_found");
  if (outcome === "too-many") {
    throw new OrchaError(
      "invalid_request",
      "A tenant has at most two secrets for tokens: one in use and the next one. Delete one first.",
    );
  }
  return { createdAt: entry.now };
}

async function sealOrExplain(
  sealer: Sealer,
  value: string,
  place: Pick<StoredSecret, "tenantId" | "kind" | "name">,
): Promise<string> {
  try {
    return await sealer.seal(value, place);
  } catch (error) {
    if (error instanceof SecretKeysError) throw new OrchaError("invalid_request", error.message);
    throw error;
  }
}

/** @throws OrchaError `not_found` */
export async function removeSecret(
  database: Database,
  tenantId: string,
  { kind, name }: SecretName,
  entryOf: EntryOf,
): Promise<void> {
  const entry = entryOf("secret.delete", `${kind}/${name}`);
  const isDeleted = await database.write(deleteSecret, { tenantId, kind, name, entry });
  if (!isDeleted) throw new OrchaError("not_found");
}

/**
 * Seals every secret of the installation with the first key, so that the others can go.
 * @returns how many were sealed anew, and those that no key opens
 */
export async function rotateSecrets({ database, sealer }: SecretDeps): Promise<{
  readonly resealed: number;
  readonly broken: readonly StoredSecret[];
}> {
  const broken: StoredSecret[] = [];
  let resealed = 0;
  let after = 0;
  for (;;) {
    const page = await listAllSecrets(database.reader, { after, limit: BATCH });
    const last = page.at(-1);
    if (!last) return { resealed, broken };
    for (const secret of page) {
      const outcome = await reseal({ database, sealer }, secret);
      if (outcome === "broken") broken.push(secret);
      else if (outcome === "resealed") resealed += 1;
    }
    after = last.id;
  }
}

async function reseal(
  { database, sealer }: SecretDeps,
  secret: StoredSecret,
): Promise<"resealed" | "current" | "broken"> {
  const { tenantId, id, sealed } = secret;
  if (await sealer.isCurrent(sealed)) return "current";
  const text = await sealer.open(sealed, secret).catch((error: unknown) => {
    if (error instanceof SecretKeysError) throw error;
    return undefined;
  });
  if (text === undefined) return "broken";
  const to = await sealer.seal(text, secret);
  // One that was set anew meanwhile has the first key's seal already.
  await database.write(resealSecret, { tenantId, id, from: sealed, to });
  return "resealed";
}
