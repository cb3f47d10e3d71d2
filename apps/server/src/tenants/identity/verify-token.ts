import { OrchaError, type TenantSettings } from "@orcha/contract";
import { type JWTPayload, type JWTVerifyOptions, jwtVerify } from "jose";
import type { GuardedFetch } from "../../outgoing/guarded-fetch.ts";
import type { Tenant } from "../settings.ts";
import { createKeySets } from "./key-sets.ts";
import { importPublicKeys, type TokenKey } from "./token-keys.ts";
import { readTokenHeader, type TokenHeader } from "./token-text.ts";

const LEEWAY_SECONDS = 60;
const MAX_LIFE_SECONDS = 24 * 3600;
const MAX_SUBJECT_CHARS = 255;
/** A token without `kid` may be meant for either of two keys: that is what changing them takes. */
const MAX_KEYS_WITHOUT_KID = 2;
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;

/** A shared secret under its key id. */
export interface SharedSecret {
  readonly kid: string;
  readonly secret: Uint8Array;
}

export interface TokenVerifierDeps {
  /** The shared secrets that a tenant has now. */
  readonly sharedSecrets: (tenantId: string) => Promise<readonly SharedSecret[]>;
  readonly fetch: GuardedFetch;
  readonly now: () => number;
  readonly monotonic?: () => number;
  /** Told when a tenant's published keys cannot be read. */
  readonly onProblem?: (tenantId: string, error: unknown) => void;
}

/** Whom a token names. */
export interface VerifiedToken {
  readonly subject: string;
}

/**
 * @throws OrchaError `unauthorized` for every token that this tenant did not sign for now, `unavailable` when its identity
 * provider has never told its keys
 */
export type TokenVerifier = (tenant: Tenant, token: string) => Promise<VerifiedToken>;

/** Makes the function that verifies a tenant's tokens, with the keys of that tenant only and each key's own algorithm. */
export function createTokenVerifier(deps: TokenVerifierDeps): TokenVerifier {
  const keySets = createKeySets(deps);

  return async (tenant, token) => {
    const { identity, suspended } = tenant.settings;
    const header = readTokenHeader(token);
    if (!header || suspended || identity.mode === "off") throw new OrchaError("unauthorized");

    for (const key of await findKeys(tenant, header)) {
      const claims = await verify(token, key, identity);
      if (claims) return { subject: subjectOf(claims, tenant.id) };
    }
    throw new OrchaError("unauthorized");
  };

  async function findKeys(tenant: Tenant, header: TokenHeader): Promise<readonly TokenKey[]> {
    const { keys, jwks_url } = tenant.settings.identity;
    if (header.alg === "HS256") {
      const secrets = await deps.sharedSecrets(tenant.id);
      return matching(header, secrets.map(asTokenKey));
    }
    const own = await importPublicKeys(keys);
    const isKnown = header.kid !== undefined && matching(header, own).length > 0;
    if (isKnown || jwks_url === null) return matching(header, own);
    const published = await keySets.keysOf(
      tenant.id,
      jwks_url,
      (set) => matching(header, set).length > 0,
    );
    return matching(header, [...own, ...published]);
  }

  async function verify(
    token: string,
    { key, algorithm }: TokenKey,
    { issuer, audience }: TenantSettings["identity"],
  ): Promise<JWTPayload | undefined> {
    const options: JWTVerifyOptions = {
      algorithms: [algorithm],
      requiredClaims: ["exp", "sub"],
      clockTolerance: LEEWAY_SECONDS,
      currentDate: new Date(deps.now()),
      ...(issuer !== null && { issuer }),
      ...(audience !== null && { audience }),
    };
    try {
      const { payload } = await jwtVerify(token, key, options);
      return isTimely(payload, deps.now() / 1000) ? payload : undefined;
    } catch {
      return undefined; // why is nobody's business who could not sign
    }
  }
}

function asTokenKey({ kid, secret }: SharedSecret): TokenKey {
  return { kid, algorithm: "HS256", key: secret };
}

/** The keys that a token may be signed with: those of its key id and of the algorithm that is theirs. */
function matching({ alg, kid }: TokenHeader, keys: readonly TokenKey[]): readonly TokenKey[] {
  const ofAlgorithm = keys.filter(({ algorithm }) => algorithm === alg);
  if (kid !== undefined) return ofAlgorithm.filter((key) => key.kid === kid);
  return ofAlgorithm.length <= MAX_KEYS_WITHOUT_KID ? ofAlgorithm : [];
}

/** What jose leaves open: how far ahead a token may end, and that it was not made in the future. */
function isTimely({ exp, iat }: JWTPayload, nowSeconds: number): boolean {
  return (
    exp !== undefined &&
    exp <= nowSeconds + MAX_LIFE_SECONDS + LEEWAY_SECONDS &&
    (iat === undefined || iat <= nowSeconds + LEEWAY_SECONDS)
  );
}

function subjectOf(claims: JWTPayload, tenantId: string): string {
  const { sub, tenant_id: claimed } = claims;
  const isOfTenant = claimed === undefined || claimed === tenantId;
  const isSubject =
    typeof sub === "string" &&
    sub !== "" &&
    [...sub].length <= MAX_SUBJECT_CHARS &&
    !UNPRINTABLE.test(sub);
  if (!isOfTenant || !isSubject) throw new OrchaError("unauthorized");
  return sub;
}
