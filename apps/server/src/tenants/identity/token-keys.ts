import type { TenantSettings } from "@orcha/contract";
import { type CryptoKey, importJWK, importSPKI, type JWK } from "jose";
import * as z from "zod";
import type { TokenAlgorithm } from "./token-text.ts";

const MAX_IMPORTED = 10_000;

/** A key that verifies with its own algorithm, whatever a token asks for. */
export interface TokenKey {
  readonly kid: string | undefined;
  readonly algorithm: TokenAlgorithm;
  readonly key: CryptoKey | Uint8Array;
}

type PublicKey = TenantSettings["identity"]["keys"][number];

const imported = new Map<string, Promise<CryptoKey>>();

/**
 * The keys of a tenant's settings.
 * @throws Error when a key is none of its algorithm; such settings are not stored
 */
export function importPublicKeys(keys: readonly PublicKey[]): Promise<TokenKey[]> {
  return Promise.all(
    keys.map(async ({ kid, algorithm, public_key }) => ({
      kid,
      algorithm,
      key: await importOnce(algorithm, public_key),
    })),
  );
}

function importOnce(algorithm: PublicKey["algorithm"], pem: string): Promise<CryptoKey> {
  const name = `${algorithm} ${pem}`;
  const known = imported.get(name);
  if (known) return known;
  const key = importSPKI(pem, algorithm);
  if (imported.size >= MAX_IMPORTED) imported.clear();
  imported.set(name, key);
  key.catch(() => imported.delete(name));
  return key;
}

const publicJwk = z.looseObject({
  kid: z.string().min(1).max(200).optional(),
  use: z.literal("sig").optional(),
  key_ops: z
    .array(z.string())
    .refine((operations) => operations.includes("verify"))
    .optional(),
});
const signingJwk = z.union([
  publicJwk.extend({ kty: z.literal("RSA"), alg: z.literal("RS256").optional() }),
  publicJwk.extend({
    kty: z.literal("EC"),
    crv: z.literal("P-256"),
    alg: z.literal("ES256").optional(),
  }),
  publicJwk.extend({
    kty: z.literal("OKP"),
    crv: z.literal("Ed25519"),
    alg: z.enum(["EdDSA", "Ed25519"]).optional(),
  }),
]);
const keySetSchema = z.object({ keys: z.array(z.unknown()).max(200) });

/** The keys of a JWKS document that verify tokens; those for anything else are passed over. Throws when it is none. */
export async function readKeySet(document: unknown): Promise<TokenKey[]> {
  const { keys } = keySetSchema.parse(document);
  const read = await Promise.all(keys.map(readJwk));
  return read.filter((key) => key !== undefined);
}

async function readJwk(entry: unknown): Promise<TokenKey | undefined> {
  const { data } = signingJwk.safeParse(entry);
  if (!data || "d" in data) return undefined; // a private key that somebody published signs nothing here
  const algorithm = ALGORITHM_OF[data.kty];
  try {
    const key = await importJWK({ ...data } as JWK, algorithm); // its members were checked above, or are by jose
    return key instanceof Uint8Array ? undefined : { kid: data.kid, algorithm, key };
  } catch {
    return undefined; // one broken key does not spoil the others
  }
}

const ALGORITHM_OF = { RSA: "RS256", EC: "ES256", OKP: "EdDSA" } as const;
