import type { GateDeps } from "./http/access/mount.ts";
import { sessionToken } from "./http/access/session-cookie.ts";
import type { AddressReader } from "./http/address.ts";
import { networkOf, truncatedAddress } from "./limits/address.ts";
import { createGuardedFetch } from "./outgoing/guarded-fetch.ts";
import { tenantClaimOf } from "./tenants/identity/token-text.ts";
import { createUserOfSubject } from "./tenants/identity/user-of-subject.ts";
import { createTokenVerifier } from "./tenants/identity/verify-token.ts";
import { createKeyFinder } from "./tenants/keys/find-key.ts";
import type { Services } from "./wiring.ts";

/** What decides who gets in. */
export function createGate(services: Services, addressOf: AddressReader): GateDeps {
  const { config, database, resolveTenant, limits, misses, log, now } = services;
  return {
    visitor: { visitorKey: services.visitorKey, publicUrl: config.ORCHA_PUBLIC_URL },
    publicUrl: config.ORCHA_PUBLIC_URL,
    defaultTenantId: config.DEFAULT_WIDGET_TENANT_ID,
    resolveTenant,
    findKey: createKeyFinder({ database, now }),
    verifyToken: createTokenVerifier({
      sharedSecrets: services.secrets.sharedSecrets,
      fetch: createGuardedFetch({ allowedHosts: config.ORCHA_FETCH_HOSTS }),
      now,
      onProblem: (tenantId, error) =>
        log.warn({ tenantId, err: error }, "A tenant's published keys cannot be read"),
    }),
    tenantClaimOf,
    userOfSubject: createUserOfSubject({ database, now }),
    findOperator: async (cookies) => {
      const token = sessionToken(cookies, config.ORCHA_PUBLIC_URL);
      return token === undefined ? undefined : services.findSession(token);
    },
    networkOf: (c) => networkOf(addressOf(c)),
    addressOf: (c) => truncatedAddress(addressOf(c)),
    limitRequests: (sender) => limits.request(sender),
    countMiss: ({ tenant, network }) => misses.record(tenant.id, network),
    now,
  };
}
