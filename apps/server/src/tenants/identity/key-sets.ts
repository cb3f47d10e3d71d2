import { OrchaError } from "@orcha/contract";
import type { GuardedFetch } from "../../outgoing/guarded-fetch.ts";
import { readKeySet, type TokenKey } from "./token-keys.ts";

const FRESH_MS = 10 * 60_000;
const USABLE_MS = 24 * 3_600_000;
/** An unknown key, or a server that does not answer, is asked for this often at most. */
const RETRY_MS = 30_000;
const MAX_BYTES = 100 * 1024;
const TIMEOUT_MS = 5_000;

export interface KeySetsOptions {
  readonly fetch: GuardedFetch;
  /** Milliseconds that only ever grow. */
  readonly monotonic?: () => number;
  /** Told when a set cannot be read; nobody else learns why. */
  readonly onProblem?: ((tenantId: string, error: unknown) => void) | undefined;
}

/**
 * The keys that a tenant's identity provider publishes: kept for ten minutes, for a day when it does not answer, and read anew
 * at most once in 30 s for a key that is not among them. One request at a time.
 */
export interface KeySets {
  /**
   * @param isThere whether what is looked for is among the keys
   * @throws OrchaError `unavailable` when nothing was ever read
   */
  keysOf(
    tenantId: string,
    url: string,
    isThere: (keys: readonly TokenKey[]) => boolean,
  ): Promise<readonly TokenKey[]>;
}

interface Known {
  readonly url: string;
  keys: readonly TokenKey[] | undefined;
  readAt: number;
  triedAt: number;
  reading: Promise<void> | undefined;
}

export function createKeySets(options: KeySetsOptions): KeySets {
  const { fetch, monotonic = () => performance.now(), onProblem } = options;
  const sets = new Map<string, Known>();

  return {
    async keysOf(tenantId, url, isThere) {
      const set = knownSet(tenantId, url);
      const isFresh = monotonic() - set.readAt < FRESH_MS;
      const isEnough = set.keys !== undefined && isFresh && isThere(set.keys);
      if (!isEnough) await refresh(tenantId, set);
      if (set.keys && monotonic() - set.readAt < USABLE_MS) return set.keys;
      throw new OrchaError("unavailable");
    },
  };

  function knownSet(tenantId: string, url: string): Known {
    const known = sets.get(tenantId);
    if (known?.url === url) return known;
    const made: Known = {
      url,
      keys: undefined,
      readAt: Number.NEGATIVE_INFINITY,
      triedAt: Number.NEGATIVE_INFINITY,
      reading: undefined,
    };
    sets.set(tenantId, made);
    return made;
  }

  async function refresh(tenantId: string, set: Known): Promise<void> {
    if (!set.reading && monotonic() - set.triedAt >= RETRY_MS) {
      set.triedAt = monotonic();
      set.reading = read(tenantId, set).finally(() => {
        set.reading = undefined;
      });
    }
    await set.reading;
  }

  async function read(tenantId: string, set: Known): Promise<void> {
    try {
      const limits = { maxBytes: MAX_BYTES, timeoutMs: TIMEOUT_MS };
      const { status, body } = await fetch(set.url, limits);
      if (status !== 200) throw new Error(`Status ${status} of the key set`);
      set.keys = await readKeySet(JSON.parse(Buffer.from(body).toString("utf8")));
      set.readAt = monotonic();
    } catch (error) {
      onProblem?.(tenantId, error);
    }
  }
}
