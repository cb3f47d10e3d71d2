import { generateKeyPairSync } from "node:crypto";
import { type KeyScope, storedTenantSettingsSchema } from "@orcha/contract";
import { SignJWT } from "jose";
import type { AuditEntry } from "../../audit/store.ts";
import type { Database } from "../../db/database.ts";
import { timeOrderedId } from "../../db/ids.ts";
import { makeApiKey } from "../../tenants/keys/api-key.ts";
import { addKey } from "../../tenants/keys/key-changes-store.ts";
import { changeSettings, findTenantRow } from "../../tenants/registry/registry-store.ts";

type Headers = Record<string, string>;

const entry = (tenantId: string): AuditEntry => ({
  tenantId,
  actor: { kind: "command", id: "", name: "orcha" },
  action: "test.prepare",
  target: "",
  detail: {},
  address: "",
  now: 0,
});

/** A secret key of a tenant, as the header that carries it. */
export async function giveKey(
  database: Database,
  tenantId: string,
  scopes: readonly KeyScope[],
): Promise<Headers> {
  const { token, hash, prefix } = makeApiKey();
  await database.write(addKey, {
    key: {
      tenantId,
      id: timeOrderedId(Date.now()),
      name: "test",
      prefix,
      hash,
      scopes: JSON.stringify(scopes),
      createdBy: "test",
      expiresAt: null,
      now: 0,
    },
    entry: entry(tenantId),
  });
  return { authorization: `Bearer ${token}` };
}

/** Settings of a tenant in place of those that it has. */
export async function giveSettings(
  database: Database,
  tenantId: string,
  settings: object,
): Promise<void> {
  const from = (await findTenantRow(database.reader, tenantId))?.settings ?? "";
  const to = JSON.stringify(storedTenantSettingsSchema.parse({ name: "Shop", ...settings }));
  await database.write(changeSettings, { tenantId, from, to, entry: entry(tenantId) });
}

/** Lets a tenant sign its visitors in; the answer makes the header that carries one's token. */
export async function signIn(
  database: Database,
  tenantId: string,
): Promise<(subject: string) => Promise<Headers>> {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const keys = [
    {
      kid: "one",
      algorithm: "EdDSA",
      public_key: String(publicKey.export({ type: "spki", format: "pem" })),
    },
  ];
  await giveSettings(database, tenantId, { identity: { mode: "optional", keys } });
  return async (subject) => {
    const token = await new SignJWT({ sub: subject })
      .setProtectedHeader({ alg: "EdDSA", kid: "one" })
      .setExpirationTime("1h")
      .sign(privateKey);
    return { authorization: `Bearer ${token}` };
  };
}
