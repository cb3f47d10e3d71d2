import { type KeyRequest, type KeyScope, OrchaError } from "@orcha/contract";
import type { AuditEntry } from "../../audit/store.ts";
import type { Database } from "../../db/database.ts";
import { timeOrderedId } from "../../db/ids.ts";
import { EVERY_TENANT } from "../../db/statement.ts";
import { makeApiKey } from "./api-key.ts";
import { addKey, revokeKey } from "./key-changes-store.ts";
import { findKey, type ListedKey } from "./key-store.ts";

const MAX_ATTEMPTS = 5;
/** What a key of the installation may be used for: nobody speaks as a visitor of every tenant. */
const INSTALLATION_SCOPES: readonly KeyScope[] = ["read", "write", "admin"];

/** Makes what the audit log says about a change. */
type EntryOf = (
  action: string,
  target: string,
  detail?: Readonly<Record<string, unknown>>,
) => AuditEntry;

/** Who makes a key, and what they may give. */
export interface KeyMaker {
  readonly mayGive: (scope: KeyScope) => boolean;
  readonly entryOf: EntryOf;
}

/**
 * Makes a secret key for a tenant, or with "*" for the installation. The key itself is told here and never again.
 * @throws OrchaError `invalid_request`, `forbidden` for a scope that its maker does not have
 */
export async function createKey(
  database: Database,
  tenantId: string,
  request: KeyRequest,
  { mayGive, entryOf }: KeyMaker,
): Promise<{ readonly key: ListedKey; readonly token: string }> {
  refuseScopes(tenantId, request.scopes, mayGive);
  const expiresAt = request.expires_at === null ? null : Date.parse(request.expires_at);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const { token, hash, prefix } = makeApiKey();
    const { name, scopes } = request;
    const entry = entryOf("key.create", name, { prefix, scopes, expires_at: request.expires_at });
    if (expiresAt !== null && expiresAt <= entry.now) {
      throw new OrchaError("invalid_request", "expires_at must lie in the future.");
    }
    const key = {
      tenantId,
      id: timeOrderedId(entry.now),
      name,
      prefix,
      createdBy: entry.actor.name,
      expiresAt,
    };
    const row = { ...key, hash, scopes: JSON.stringify(scopes), now: entry.now };
    if (!(await database.write(addKey, { key: row, entry }))) continue;
    const unused = { createdAt: entry.now, lastUsedAt: null, revokedAt: null };
    return { key: { ...key, ...unused, scopes }, token };
  }
  throw new OrchaError("unavailable");
}

function refuseScopes(
  tenantId: string,
  scopes: readonly KeyScope[],
  mayGive: (scope: KeyScope) => boolean,
): void {
  const unfit = scopes.find((scope) => !INSTALLATION_SCOPES.includes(scope));
  if (tenantId === EVERY_TENANT && unfit !== undefined) {
    throw new OrchaError(
      "invalid_request",
      `A key of the installation may have the scopes ${INSTALLATION_SCOPES.join(", ")}.`,
    );
  }
  const foreign = scopes.find((scope) => !mayGive(scope));
  if (foreign !== undefined) {
    throw new OrchaError("forbidden", `You do not have the scope ${foreign} yourself.`);
  }
}

/**
 * Ends a key for good; ending it again changes nothing.
 * @throws OrchaError `not_found`
 */
export async function endKey(
  database: Database,
  tenantId: string,
  id: number,
  entryOf: EntryOf,
): Promise<ListedKey> {
  const key = await findKey(database.reader, tenantId, id);
  if (!key) throw new OrchaError("not_found");
  const entry = entryOf("key.revoke", key.name, { prefix: key.prefix });
  const isEnded = await database.write(revokeKey, { tenantId, id, entry });
  return isEnded ? { ...key, revokedAt: entry.now } : key;
}
