import { KEYED_PROVIDERS, type KeyedProvider } from "@orcha/contract";
import type { Database } from "../../db/database.ts";
import type { SharedSecret } from "../identity/verify-token.ts";
import type { Sealer } from "./sealed-text.ts";
import { listSecrets, type StoredSecret } from "./secret-store.ts";

/** A change of a secret binds within this time, on every replica. */
const CACHE_MS = 1000;
const MAX_CACHED = 10_000;

/** Keys of a tenant's own for the providers of models. */
export type ModelKeys = Readonly<Partial<Record<KeyedProvider, string>>>;

export interface TenantSecrets {
  /** What the tenant's HS256 tokens are signed with. */
  sharedSecrets(tenantId: string): Promise<readonly SharedSecret[]>;
  readModelKeys(tenantId: string): Promise<ModelKeys>;
}

export interface TenantSecretsDeps {
  readonly database: Database;
  readonly sealer: Sealer;
  /** Told of a secret that does not open; it is as if it were not there. */
  readonly onProblem?: (tenantId: string, error: unknown) => void;
}

interface Opened {
  readonly shared: readonly SharedSecret[];
  readonly models: ModelKeys;
}

/** Reads what tenants entrusted; what was opened is kept for a second. */
export function createTenantSecrets({
  database,
  sealer,
  onProblem,
}: TenantSecretsDeps): TenantSecrets {
  const cache = new Map<string, { readonly until: number; readonly opened: Promise<Opened> }>();

  return {
    sharedSecrets: async (tenantId) => (await secretsOf(tenantId)).shared,
    readModelKeys: async (tenantId) => (await secretsOf(tenantId)).models,
  };

  function secretsOf(tenantId: string): Promise<Opened> {
    const known = cache.get(tenantId);
    if (known && known.until > performance.now()) return known.opened;
    if (cache.size >= MAX_CACHED) cache.clear();
    const opened = readAll(tenantId);
    cache.set(tenantId, { until: performance.now() + CACHE_MS, opened });
    opened.catch(() => cache.delete(tenantId));
    return opened;
  }

  async function readAll(tenantId: string): Promise<Opened> {
    const stored = await listSecrets(database.reader, tenantId);
    const shared: SharedSecret[] = [];
    const models: Partial<Record<KeyedProvider, string>> = {};
    for (const secret of stored) {
      const text = await openOrTell(secret);
      const provider = KEYED_PROVIDERS.find((name) => name === secret.name);
      if (text === undefined) continue;
      if (secret.kind === "jwt") shared.push({ kid: secret.name, secret: Buffer.from(text) });
      else if (provider) models[provider] = text;
    }
    return { shared, models };
  }

  async function openOrTell(secret: StoredSecret): Promise<string | undefined> {
    try {
      return await sealer.open(secret.sealed, secret);
    } catch (error) {
      onProblem?.(secret.tenantId, error);
      return undefined;
    }
  }
}
