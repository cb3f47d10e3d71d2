import { OrchaError } from "@orcha/contract";
import type { Logger } from "pino";
import type { Config } from "./config/config.ts";
import type { Database } from "./db/database.ts";
import type { GateDeps } from "./http/access/mount.ts";
import type { VisitorOptions } from "./http/access/visitor-credential.ts";
import { createAddressReader } from "./http/address.ts";
import { networkOf, truncatedAddress } from "./limits/address.ts";
import type { MissLimit } from "./limits/misses.ts";
import type { RateLimits } from "./limits/rate-limits.ts";
import type { TenantResolver } from "./tenants/resolve-tenant.ts";

export interface GateParts {
  readonly config: Config;
  readonly database: Database;
  readonly resolveTenant: TenantResolver;
  readonly visitor: VisitorOptions;
  readonly limits: RateLimits;
  readonly misses: MissLimit;
  readonly log: Logger;
  readonly now: () => number;
}

/** What decides who gets in. */
export function createGate(parts: GateParts): GateDeps {
  const { config, resolveTenant, visitor, limits, misses, now } = parts;
  const addressOf = createAddressReader(config.ORCHA_TRUSTED_PROXIES, parts.log);
  return {
    visitor,
    publicUrl: config.ORCHA_PUBLIC_URL,
    defaultTenantId: config.DEFAULT_WIDGET_TENANT_ID,
    resolveTenant,
    findKey: async () => undefined,
    verifyToken: async () => {
      throw new OrchaError("unauthorized");
    },
    tenantClaimOf: () => undefined,
    userOfSubject: async () => 0,
    findOperator: async () => undefined,
    networkOf: (c) => networkOf(addressOf(c)),
    addressOf: (c) => truncatedAddress(addressOf(c)),
    limitRequests: (network) => limits.request(network),
    countMiss: ({ tenant, network }) => misses.record(tenant.id, network),
    now,
  };
}
