import type { NamedToken } from "./honest-tokens.ts";
import {
  encode,
  hmacKey,
  hmacSigner,
  honestClaims,
  type Json,
  jwkOf,
  pemOf,
  type SigningKey,
  signed,
  type TokenWorld,
  tokenOf,
} from "./token-world.ts";

/** Tokens signed with what is not one of the tenant's keys. */
export function forgedKeys(world: TokenWorld): NamedToken[] {
  return [
    ...publicKeyAsSecret(world),
    ...kidGames(world),
    ...keysInTheHeader(world),
    ...guessedSecrets(world),
    ...keysOfOthers(world),
    ...algorithmTricks(world),
  ];
}

/** The public key is known to everybody: it must never serve as a shared secret. */
function publicKeyAsSecret(world: TokenWorld): NamedToken[] {
  const kids = (key: SigningKey) => [key.kid, "hs-1", undefined];
  return [...world.keys, ...world.publishedKeys].flatMap((key) =>
    Object.entries(publicForms(key)).flatMap(([form, secret]) =>
      kids(key).map((kid) => ({
        family: "public key as secret",
        name: `${key.kid} as ${form}, kid ${kid}`,
        token: tokenOf({ alg: "HS256", kid }, honestClaims(world), hmacSigner(secret)),
      })),
    ),
  );
}

function publicForms(key: SigningKey): Record<string, string | Buffer> {
  if (!key.publicKey) return {};
  const pem = pemOf(key);
  const der = key.publicKey.export({ type: "spki", format: "der" });
  const jwk = jwkOf(key);
  return {
    PEM: pem,
    "trimmed PEM": pem.trim(),
    "PEM with CRLF": pem.replaceAll("\n", "\r\n"),
    DER: der,
    "base64 of DER": der.toString("base64"),
    JWK: JSON.stringify(jwk),
    "its number": String(jwk.n ?? jwk.x),
  };
}

function kidGames(world: TokenWorld): NamedToken[] {
  const kids: unknown[] = [
    "../../../../dev/null",
    "/dev/null",
    "/proc/sys/kernel/randomize_va_space",
    "file:///dev/null",
    `${world.attackerUrl}/key`,
    "' OR '1'='1",
    "hs-1'; drop table tenant_secrets; --",
    "x' UNION SELECT 'secret' --",
    "other-1",
    "HS-1",
    "hs-1 ",
    " hs-1",
    "hs-1\u0000",
    "hs\u20101",
    "__proto__",
    "constructor",
    "toString",
    "*",
    "0",
    "",
    null,
    0,
    1,
    true,
    ["hs-1"],
    { kid: "hs-1" },
    "k".repeat(300),
  ];
  const secrets = { empty: "", zero: "0", guessed: "secret", none: "undefined" };
  return kids.flatMap((kid) =>
    Object.entries(secrets).map(([name, secret]) => ({
      family: "kid games",
      name: `${JSON.stringify(kid)?.slice(0, 60)}, ${name} secret`,
      token: tokenOf({ alg: "HS256", kid }, honestClaims(world), hmacSigner(secret)),
    })),
  );
}

/** A header that brings its own key, or says where one is. */
function keysInTheHeader(world: TokenWorld): NamedToken[] {
  const { attackerUrl } = world;
  return world.attackerKeys
    .filter((key) => key.publicKey)
    .flatMap((key) => {
      const ownKid = world.keys.find(({ algorithm }) => algorithm === key.algorithm)?.kid;
      const certificate = key.publicKey?.export({ type: "spki", format: "der" }).toString("base64");
      const headers: Record<string, Json> = {
        jku: { jku: `${attackerUrl}/jwks.json` },
        "jku by user info": {
          jku: `https://id.shop.example@${attackerUrl.replace(/^http:../, "")}/`,
        },
        jwk: { jwk: jwkOf(key) },
        x5u: { x5u: `${attackerUrl}/chain.pem` },
        x5c: { x5c: [certificate] },
        everything: {
          jku: `${attackerUrl}/jwks.json`,
          jwk: jwkOf(key),
          x5u: `${attackerUrl}/chain.pem`,
          x5c: [certificate],
        },
      };
      return Object.entries(headers).flatMap(([name, header]) =>
        [key.kid, ownKid, undefined].map((kid) => ({
          family: "key in the header",
          name: `${key.algorithm} ${name}, kid ${kid}`,
          token: signed(world, key, { iss: attackerUrl }, { ...header, kid }),
        })),
      );
    });
}

function guessedSecrets(world: TokenWorld): NamedToken[] {
  const guesses = [
    "",
    " ",
    "secret",
    "changeme",
    "password",
    "hs-1",
    world.tenantId,
    "null",
    "undefined",
    "[object Object]",
    "\0".repeat(32),
    "your-256-bit-secret",
    world.retiredSecret,
  ];
  return guesses.flatMap((secret, at) =>
    ["hs-1", undefined].map((kid) => ({
      family: "guessed secret",
      name: `guess ${at}, kid ${kid}`,
      token: signed(world, hmacKey("hs-1", secret), {}, { kid }),
    })),
  );
}

function keysOfOthers(world: TokenWorld): NamedToken[] {
  return [...world.otherTenantKeys, ...world.attackerKeys].flatMap((key) => {
    const ownKid = world.keys.find(({ algorithm }) => algorithm === key.algorithm)?.kid;
    return [key.kid, ownKid, undefined].flatMap((kid) =>
      [undefined, world.tenantId].map((tenant_id) => ({
        family: "key of somebody else",
        name: `${key.kid} ${key.algorithm}, kid ${kid}, tenant_id ${tenant_id}`,
        token: signed(world, key, { tenant_id }, { kid }),
      })),
    );
  });
}

/** The right key, with an algorithm that is not its own. */
function algorithmTricks(world: TokenWorld): NamedToken[] {
  const names: unknown[] = [
    "hs256",
    "Hs256",
    " HS256",
    "HS256 ",
    "HS256\u0000",
    "ＨＳ256",
    "HS384",
    "HS512",
    "rs256",
    "RS384",
    "RS512",
    "PS256",
    "ES256K",
    "ES384",
    "Ed25519",
    "EdDSA256",
    "RSA-OAEP",
    "dir",
    ["HS256"],
    { name: "HS256" },
    256,
    true,
    null,
    undefined,
  ];
  const renamed = world.keys.flatMap((key) =>
    names.map((alg) => ({
      family: "algorithm",
      name: `${key.kid} as ${JSON.stringify(alg)}`,
      token: signed(world, key, {}, { alg }),
    })),
  );
  const crossed = world.keys.flatMap((key) =>
    world.keys
      .filter((other) => other !== key)
      .map((other) => ({
        family: "algorithm",
        name: `${key.kid} signs as ${other.kid}`,
        token: signed(world, key, {}, { alg: other.algorithm, kid: other.kid }),
      })),
  );
  const [secret] = world.sharedSecrets;
  const longer = ["sha384", "sha512"].map((digest) => {
    const input = `${encode({ alg: "HS256", kid: "hs-1" })}.${encode(honestClaims(world))}`;
    const signature = hmacSigner(secret?.secret ?? "", digest)(input);
    return {
      family: "algorithm",
      name: `HS256 by ${digest}`,
      token: `${input}.${signature.toString("base64url")}`,
    };
  });
  return [...renamed, ...crossed, ...longer, ...emptySigner(world)];
}

function emptySigner(world: TokenWorld): NamedToken[] {
  const throwaway = world.attackerKeys.find(({ algorithm }) => algorithm === "EdDSA");
  if (!throwaway) return [];
  return [
    {
      family: "algorithm",
      name: "a signature of nothing",
      token: tokenOf({ alg: "EdDSA", kid: "ed-1" }, honestClaims(world), () =>
        throwaway.signer(""),
      ),
    },
  ];
}
