import { createHmac } from "node:crypto";
import type { Database } from "../db/database.ts";
import { forgetMisses, type MissWindow, readMisses, recordMiss } from "./misses-store.ts";
import { RateLimitedError } from "./rate-limited-error.ts";

const WINDOW_MS = 600_000;
const MAX_MISSES = 30;

export interface MissLimitOptions {
  readonly database: Database;
  /** Of the installation: the table holds keyed hashes, no address. */
  readonly key: string;
  readonly now: () => number;
}

/**
 * How often a network asked a tenant for conversations and users that do not exist or are not its own, counted over all
 * replicas. Who proves to own what it asks for is answered all the same: it cannot be locked out by others in its network.
 */
export interface MissLimit {
  /** Whether an id alone opens nothing any more for this network. */
  isBlocked(tenantId: string, network: string): Promise<boolean>;
  /** Counts a miss. @throws RateLimitedError when there were too many before it */
  record(tenantId: string, network: string): Promise<void>;
  /** What a blocked network is told. */
  refusal(): RateLimitedError;
}

/** Where ORCHA_RATE_LIMITS is off. */
export const NO_MISS_LIMIT: MissLimit = {
  isBlocked: async () => false,
  record: async () => {},
  refusal: () => new RateLimitedError(WINDOW_MS),
};

/** 30 misses in 10 minutes for each tenant and network. */
export function createMissLimit({ database, key, now }: MissLimitOptions): MissLimit {
  const refusal = () => new RateLimitedError(WINDOW_MS - (now() % WINDOW_MS));
  const windowOf = (tenantId: string, network: string): MissWindow => ({
    tenantId,
    address: createHmac("sha256", key).update(`network ${network}`).digest("base64url"),
    windowStart: startOfWindow(now()),
  });

  return {
    refusal,
    async isBlocked(tenantId, network) {
      return (await readMisses(database.reader, windowOf(tenantId, network))) >= MAX_MISSES;
    },
    async record(tenantId, network) {
      const input = { ...windowOf(tenantId, network), max: MAX_MISSES };
      if (!(await database.write(recordMiss, input))) throw refusal();
    },
  };
}

/** Forgets what no longer counts, on any replica whose clock is right to ten minutes. */
export async function forgetOldMisses(database: Database, now: number): Promise<void> {
  await database.write(forgetMisses, { before: startOfWindow(now) - WINDOW_MS });
}

function startOfWindow(now: number): number {
  return now - (now % WINDOW_MS);
}
