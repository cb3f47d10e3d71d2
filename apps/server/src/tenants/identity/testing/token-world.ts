import { createHmac, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import type { TenantSettings } from "@orcha/contract";

export type Json = Readonly<Record<string, unknown>>;
/** Signs what stands before the second dot. */
export type Signer = (input: string) => Buffer;

export interface SigningKey {
  readonly kid: string;
  readonly algorithm: "HS256" | "RS256" | "ES256" | "EdDSA";
  readonly signer: Signer;
  /** Undefined for a shared secret. */
  readonly publicKey: KeyObject | undefined;
}

/** A tenant that signs its visitors in, with every private part, and what an attacker has. */
export interface TokenWorld {
  readonly tenantId: string;
  readonly identity: TenantSettings["identity"];
  readonly sharedSecrets: readonly { readonly kid: string; readonly secret: string }[];
  /** One of each algorithm. */
  readonly keys: readonly SigningKey[];
  /** What the tenant's identity provider publishes. */
  readonly publishedKeys: readonly SigningKey[];
  readonly jwks: { readonly keys: readonly Json[] };
  /** Keys of nobody: the attacker made them. */
  readonly attackerKeys: readonly SigningKey[];
  /** Keys of another tenant of the same installation. */
  readonly otherTenantKeys: readonly SigningKey[];
  readonly retiredSecret: string;
  /** A server of the attacker. */
  readonly attackerUrl: string;
  readonly nowSeconds: number;
}

export interface TokenWorldOptions {
  readonly tenantId: string;
  readonly attackerUrl: string;
  readonly jwksUrl: string | null;
  readonly now: number;
}

export const ISSUER = "https://id.shop.example";
export const AUDIENCE = "shop-chat";

export function makeTokenWorld(options: TokenWorldOptions): TokenWorld {
  const { tenantId, attackerUrl, jwksUrl, now } = options;
  const sharedSecrets = ["hs-1", "hs-2"].map((kid) => ({ kid, secret: randomText() }));
  const own = [rsaKey("rsa-1"), ecKey("ec-1"), edKey("ed-1")];
  const publishedKeys = [rsaKey("pub-rsa"), ecKey("pub-ec"), edKey("pub-ed")];
  const others = [hmacKey("other-1", randomText()), rsaKey("other-rsa"), ecKey("other-ec")];
  return {
    tenantId,
    identity: {
      mode: "optional",
      issuer: ISSUER,
      audience: AUDIENCE,
      jwks_url: jwksUrl,
      keys: own.map((key) => ({
        kid: key.kid,
        algorithm: key.algorithm as "RS256" | "ES256" | "EdDSA", // none of them is a shared secret
        public_key: pemOf(key),
      })),
    },
    sharedSecrets,
    keys: [...sharedSecrets.slice(0, 1).map(({ kid, secret }) => hmacKey(kid, secret)), ...own],
    publishedKeys,
    jwks: { keys: publishedKeys.map(jwkOf) },
    attackerKeys: [hmacKey("evil-hs", randomText()), rsaKey("evil"), ecKey("evil"), edKey("evil")],
    otherTenantKeys: others,
    retiredSecret: randomText(),
    attackerUrl,
    nowSeconds: Math.floor(now / 1000),
  };
}

/** What an honest token says. */
export function honestClaims(world: TokenWorld): Json {
  return {
    sub: "customer-7",
    iss: ISSUER,
    aud: AUDIENCE,
    iat: world.nowSeconds,
    exp: world.nowSeconds + 600,
  };
}

/** A token of these texts to the letter, signed. */
export function tokenOf(header: Json | string, claims: Json | string, signer: Signer): string {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${signer(input).toString("base64url")}`;
}

/** A token as its signer would make it, with changes. */
export function signed(world: TokenWorld, key: SigningKey, claims: Json = {}, header: Json = {}) {
  const full = { alg: key.algorithm, typ: "JWT", kid: key.kid, ...header };
  return tokenOf(full, { ...honestClaims(world), ...claims }, key.signer);
}

export function encode(part: Json | string): string {
  return Buffer.from(typeof part === "string" ? part : JSON.stringify(part)).toString("base64url");
}

export function hmacSigner(secret: string | Buffer, digest = "sha256"): Signer {
  return (input) => createHmac(digest, secret).update(input).digest();
}

export function hmacKey(kid: string, secret: string): SigningKey {
  return { kid, algorithm: "HS256", signer: hmacSigner(secret), publicKey: undefined };
}

export function pemOf({ publicKey }: SigningKey): string {
  return publicKey ? String(publicKey.export({ type: "spki", format: "pem" })) : "";
}

export function jwkOf({ publicKey, kid }: SigningKey): Json {
  return publicKey ? { ...publicKey.export({ format: "jwk" }), kid, use: "sig" } : {};
}

const rsaPairs = new Map<string, ReturnType<typeof makeRsaPair>>();
const makeRsaPair = () => generateKeyPairSync("rsa", { modulusLength: 2048 });

/** Making one takes long, so every world has the same. */
function rsaKey(kid: string): SigningKey {
  const pair = rsaPairs.get(kid) ?? makeRsaPair();
  rsaPairs.set(kid, pair);
  const { privateKey, publicKey } = pair;
  const signer: Signer = (input) => sign("sha256", Buffer.from(input), privateKey);
  return { kid, algorithm: "RS256", signer, publicKey };
}

function ecKey(kid: string): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const signer: Signer = (input) =>
    sign("sha256", Buffer.from(input), { key: privateKey, dsaEncoding: "ieee-p1363" });
  return { kid, algorithm: "ES256", signer, publicKey };
}

function edKey(kid: string): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const signer: Signer = (input) => sign(null, Buffer.from(input), privateKey);
  return { kid, algorithm: "EdDSA", signer, publicKey };
}

function randomText(): string {
  return randomBytes(32).toString("base64url");
}
