import { randomInt } from "node:crypto";
import { tenantSettingsSchema } from "@orcha/contract";
import { type CryptoKey, exportSPKI, generateKeyPair } from "jose";
import type { AuditEntry } from "../audit/store.ts";
import type { Database } from "../db/database.ts";
import { prepareDocument } from "../knowledge/prepare-document.ts";
import { startDocument } from "../knowledge/store.ts";
import { invite } from "../operators/manage.ts";
import { createKey } from "../tenants/keys/manage-keys.ts";
import { createTenant } from "../tenants/registry/registry.ts";
import { addUser } from "../tenants/store.ts";
import type { Canaries } from "./canaries.ts";
import { type Place, TOPIC } from "./world.ts";

const INSTALLATION_OWNER = { scope: "*", rank: "installation-owner" } as const;

/** A tenant of its own for the test, with what opens it. */
export interface PlantedTenant {
  readonly place: Place & { readonly tenantId: string };
  readonly signingKey: CryptoKey;
  readonly keyId: string;
  readonly issuer: string;
  /** Users that servers speak as: one that both tenants have, and one of this tenant alone. */
  readonly users: { readonly shared: number; readonly own: number };
  readonly chatKey: { readonly id: number; readonly token: string };
  readonly fullKey: { readonly id: number; readonly token: string };
  readonly operator: { readonly id: number; readonly email: string; readonly link: string };
}

/** Who did it, in the audit log. */
export function entryOf(tenantId: string) {
  return (action: string, target: string, detail: AuditEntry["detail"] = {}): AuditEntry => ({
    tenantId,
    actor: { kind: "command", id: "", name: "orcha isolation-test" },
    action,
    target,
    detail,
    address: "",
    now: Date.now(),
  });
}

export interface PlantDeps {
  readonly database: Database;
  readonly canaries: Canaries;
  readonly defaultUserId: number;
  /** A user id that every planted tenant gets. */
  readonly sharedUser: number;
}

/** Makes a tenant with canaries in its settings, users, documents, keys and operators. */
export async function plantTenant(
  deps: PlantDeps,
  place: PlantedTenant["place"],
): Promise<PlantedTenant> {
  const { database, canaries, defaultUserId } = deps;
  const word = (what: string, audience: "visitors" | "staff") =>
    canaries.plant({ what: `${what} of ${place.name}`, place: place.name, audience, owners: [] });
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  const issuer = word("the issuer", "staff");
  const settings = tenantSettingsSchema.parse({
    name: word("the name", "visitors"),
    allowed_origins: [`https://${word("an allowed page", "visitors")}.example`],
    prompt: `Be brief. ${word("the instructions", "visitors")}`,
    identity: {
      mode: "optional",
      issuer,
      keys: [{ kid: "isolation", algorithm: "ES256", public_key: await exportSPKI(publicKey) }],
    },
  });
  const registry = { database, defaultUserId, checkSettings: async () => undefined };
  await createTenant(registry, { id: place.tenantId, settings }, entryOf(place.tenantId));
  await plantDocument(deps, place.tenantId, word("a document", "visitors"));

  return {
    place,
    signingKey: privateKey,
    keyId: "isolation",
    issuer,
    users: await plantUsers(deps, place),
    chatKey: await plantKey(deps, place, word("a key's name", "staff"), ["chat"]),
    fullKey: await plantKey(deps, place, word("a key's name", "staff"), [
      "chat",
      "search",
      "read",
      "write",
      "admin",
    ]),
    operator: await plantOperator(deps, place),
  };
}

async function plantDocument({ database }: PlantDeps, tenantId: string, word: string) {
  const text = `# The ${TOPIC}\n\nThe ${TOPIC} opens at six. Ask for ${word} at the gate of the ${TOPIC}.\n`;
  const prepared = await prepareDocument(`${TOPIC}.md`, text);
  const passages = Array.from({ length: prepared.passages }, (_, at) => prepared.passage(at));
  const now = Date.now();
  const about = { source: `${TOPIC}.md`, url: null, size: text.length, changedAt: now };
  await database.write(startDocument, {
    tenantId,
    document: { ...prepared.facts, ...about, fingerprint: word, indexedAt: now },
    passages,
    complete: true,
  });
}

async function plantUsers(
  { database, canaries, sharedUser }: PlantDeps,
  { name: place, tenantId }: PlantedTenant["place"],
): Promise<PlantedTenant["users"]> {
  const own = randomInt(100_000_000_000, 200_000_000_000);
  const owners = serversOf(place);
  const plant = (what: string, word?: string) =>
    canaries.plant({ what: `${what} of ${place}`, place, audience: "owners", owners }, word);
  plant("a user's id", String(own));
  for (const id of [sharedUser, own]) {
    await database.write(addUser, { tenantId, id, name: plant("a user's name"), now: Date.now() });
  }
  return { shared: sharedUser, own };
}

/** The names of the callers that speak for a tenant's users. */
export function serversOf(place: string): string[] {
  return [`chat server of ${place}`, `server of ${place} with all scopes`];
}

async function plantKey(
  { database }: PlantDeps,
  { tenantId }: PlantedTenant["place"],
  name: string,
  scopes: Parameters<typeof createKey>[2]["scopes"],
): Promise<PlantedTenant["chatKey"]> {
  const maker = { mayGive: () => true, entryOf: entryOf(tenantId) };
  const request = { name, scopes, expires_at: null };
  const { key, token } = await createKey(database, tenantId, request, maker);
  return { id: key.id, token };
}

async function plantOperator(
  { database, canaries }: PlantDeps,
  { name: place, tenantId }: PlantedTenant["place"],
): Promise<PlantedTenant["operator"]> {
  const owners = [`operator of ${place}`];
  const word = canaries.plant({
    what: `an operator of ${place}`,
    place,
    audience: "staff",
    owners,
  });
  const email = `${word}@isolation.invalid`;
  const { operator, link } = await invite(
    database,
    INSTALLATION_OWNER,
    { email, name: word, grants: [{ tenantId, role: "admin" }] },
    entryOf(tenantId)("operator.invite", email),
  );
  return { id: operator.id, email, link: link.token };
}
