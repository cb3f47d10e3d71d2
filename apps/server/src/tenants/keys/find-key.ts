import type { Database } from "../../db/database.ts";
import { type ApiKey, hashOfKey } from "./api-key.ts";
import { touchKey } from "./key-changes-store.ts";
import { findKeyByHash, type ListedKey } from "./key-store.ts";

/** Revoking a key binds within this time, on every replica. */
const CACHE_MS = 1000;
const MAX_CACHED = 10_000;
/** How exactly its last use is known. */
const TOUCH_MS = 60_000;

export interface KeyFinderDeps {
  readonly database: Database;
  readonly now: () => number;
  /** Milliseconds that only ever grow. */
  readonly monotonic?: () => number;
}

/** The key that a Bearer credential is; undefined for one that is unknown, revoked or expired. */
export type KeyFinder = (token: string) => Promise<ApiKey | undefined>;

/** Makes the function that finds secret keys; what it found, or did not, it knows for a second. */
export function createKeyFinder({
  database,
  now,
  monotonic = () => performance.now(),
}: KeyFinderDeps): KeyFinder {
  const cache = new Map<string, { readonly until: number; readonly key: ListedKey | undefined }>();
  const touched = new Map<number, number>();

  return async (token) => {
    const hash = hashOfKey(token);
    const key = hash === undefined ? undefined : await find(hash);
    if (!key || key.revokedAt !== null) return undefined;
    if (key.expiresAt !== null && key.expiresAt <= now()) return undefined;
    noteUse(key);
    const { id, tenantId, name, scopes } = key;
    return { id, tenantId, name, scopes };
  };

  async function find(hash: string): Promise<ListedKey | undefined> {
    const known = cache.get(hash);
    if (known && known.until > monotonic()) return known.key;
    // Counted from before the question: what is revoked while it runs is known a second later at most.
    const until = monotonic() + CACHE_MS;
    const key = await findKeyByHash(database.reader, hash);
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(hash, { until, key });
    return key;
  }

  /** Nobody waits for it, and nobody misses it when it fails. */
  function noteUse({ id, tenantId, lastUsedAt }: ListedKey): void {
    const last = touched.get(id) ?? lastUsedAt ?? 0;
    if (now() - last < TOUCH_MS) return;
    if (touched.size >= MAX_CACHED) touched.clear();
    touched.set(id, now());
    database.write(touchKey, { tenantId, id, now: now() }).catch(() => {});
  }
}
