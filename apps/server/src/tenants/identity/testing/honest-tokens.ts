import {
  AUDIENCE,
  hmacKey,
  honestClaims,
  signed,
  type TokenWorld,
  tokenOf,
} from "./token-world.ts";

export interface NamedToken {
  readonly family: string;
  readonly name: string;
  readonly token: string;
}

/** Tokens as an honest tenant makes them: each must be accepted. */
export function honestTokens(world: TokenWorld): NamedToken[] {
  const { nowSeconds: now } = world;
  const everyKey = [
    ...world.keys,
    ...world.sharedSecrets.slice(1).map(({ kid, secret }) => hmacKey(kid, secret)),
    ...(world.identity.jwks_url ? world.publishedKeys : []),
  ];
  const claims: Record<string, Record<string, unknown>> = {
    "several audiences": { aud: ["another", AUDIENCE] },
    "a whole day": { exp: now + 86_400 },
    "ended within the leeway": { exp: now - 55 },
    "begins within the leeway": { nbf: now + 55 },
    "made within the leeway": { iat: now + 55 },
    "without iat": { iat: undefined },
    "fractions of seconds": { exp: now + 600.5 },
    "names its tenant": { tenant_id: world.tenantId },
    "a long subject": { sub: "s".repeat(255) },
    "a subject of any script": { sub: "用户 42 🙂" },
    "claims of its own": { name: "Ada", roles: ["admin"], nested: { deep: [1, 2, 3] } },
  };
  const headers: Record<string, Record<string, unknown>> = {
    "without typ": { typ: undefined },
    "an address of keys that nobody reads": { jku: `${world.attackerUrl}/jwks.json` },
  };
  return everyKey.flatMap((key) => [
    { family: "key", name: `${key.kid}`, token: signed(world, key) },
    ...(world.identity.jwks_url && key.algorithm !== "HS256"
      ? []
      : [{ family: "no kid", name: key.kid, token: signed(world, key, {}, { kid: undefined }) }]),
    ...Object.entries(claims).map(([name, changed]) => ({
      family: "claims",
      name: `${key.kid}: ${name}`,
      token: signed(world, key, changed),
    })),
    ...Object.entries(headers).map(([name, changed]) => ({
      family: "header",
      name: `${key.kid}: ${name}`,
      token: signed(world, key, {}, changed),
    })),
    {
      family: "spelling",
      name: `${key.kid}: JSON with spaces`,
      token: tokenOf(
        `{ "kid" : "${key.kid}", "alg" : "${key.algorithm}" }`,
        JSON.stringify(honestClaims(world), null, 2),
        key.signer,
      ),
    },
  ]);
}
