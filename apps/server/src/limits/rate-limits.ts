import type { Tenant } from "../tenants/settings.ts";
import { MinuteCounter } from "./counter.ts";
import { RateLimitedError } from "./rate-limited-error.ts";

/** What a minute holds where a tenant sets nothing else. */
const DEFAULTS = { visitor: 20, address: 120, tenant: 3000, key: 600 };
const REQUESTS_PER_ADDRESS = 600;
/** Of each of five counters: about 35 MB when an attacker fills them all. */
const MAX_KEYS = 50_000;

/** Whose message is to be counted. */
export interface MessageSender {
  readonly tenant: Tenant;
  /** The secret API key of a tenant's server, which speaks for many visitors from one address; undefined for a visitor. */
  readonly keyId: number | undefined;
  /** Who a visitor proves to be; null for nobody. */
  readonly owner: string | null;
  /** As networkOf gives it. */
  readonly network: string;
}

/** Counted in the memory of this process, by a clock that never jumps. What is refused is not counted. */
export interface RateLimits {
  /** Counts a message: a visitor's by visitor, address and tenant, a server's by key and tenant. @throws RateLimitedError */
  message(sender: MessageSender): void;
  /** Counts any other request of an address or a key. @throws RateLimitedError */
  request(sender: string): void;
}

/** Where ORCHA_RATE_LIMITS is off. */
export const UNLIMITED: RateLimits = { message() {}, request() {} };

/** @param now in milliseconds, of a clock that never jumps */
export function createRateLimits(now: () => number = () => performance.now()): RateLimits {
  const visitors = new MinuteCounter(MAX_KEYS);
  const addresses = new MinuteCounter(MAX_KEYS);
  const tenants = new MinuteCounter(MAX_KEYS);
  const keys = new MinuteCounter(MAX_KEYS);
  const requests = new MinuteCounter(MAX_KEYS);

  return {
    message({ tenant, owner, keyId, network }) {
      const { limits } = tenant.settings;
      const ofTenant = {
        counter: tenants,
        key: tenant.id,
        limit: limits.tenant_per_minute ?? DEFAULTS.tenant,
      };
      if (keyId !== undefined) {
        const limit = limits.key_per_minute ?? DEFAULTS.key;
        return countInAll([{ counter: keys, key: String(keyId), limit }, ofTenant], now());
      }
      const ofAddress = {
        counter: addresses,
        key: `${tenant.id} ${network}`,
        limit: limits.address_per_minute ?? DEFAULTS.address,
      };
      const ofVisitor = owner !== null && {
        counter: visitors,
        key: `${tenant.id} ${owner}`,
        limit: limits.visitor_per_minute ?? DEFAULTS.visitor,
      };
      countInAll([...(ofVisitor ? [ofVisitor] : []), ofAddress, ofTenant], now());
    },
    request(sender) {
      countInAll([{ counter: requests, key: sender, limit: REQUESTS_PER_ADDRESS }], now());
    },
  };
}

interface Count {
  readonly counter: MinuteCounter;
  readonly key: string;
  readonly limit: number;
}

/** All or nothing: what one counter refuses takes nothing from the others. */
function countInAll(counts: readonly Count[], now: number): void {
  const waitMs = Math.max(
    ...counts.map(({ counter, key, limit }) => counter.waitMs(key, limit, now)),
  );
  if (waitMs > 0) throw new RateLimitedError(waitMs);
  for (const { counter, key } of counts) counter.add(key, now);
}
