import { createHmac, hash, randomBytes, timingSafeEqual } from "node:crypto";

const RANDOM_BYTES = 24;
const FORM = /^v1\.([\w-]{32})\.([\w-]{43})$/;

/** A visitor's secret: it proves that its bearer is the one it was given to. Anyone can ask for one; it needs no table. */
export interface VisitorSecret {
  /** What the browser keeps and sends back. */
  readonly token: string;
  /** What conversations are sealed to; it does not tell the token. */
  readonly owner: string;
}

/** @param seed the same seed gives the same secret; without it the secret is random */
export function makeVisitorSecret(key: string, seed?: string): VisitorSecret {
  const bytes =
    seed === undefined
      ? randomBytes(RANDOM_BYTES)
      : createHmac("sha256", key).update(`seed ${seed}`).digest().subarray(0, RANDOM_BYTES);
  const random = bytes.toString("base64url");
  return {
    token: `v1.${random}.${sign(random, key).toString("base64url")}`,
    owner: ownerOf(random),
  };
}

/** The secret behind a token, or undefined for one that this installation did not make. */
export function verifyVisitorSecret(token: string, key: string): VisitorSecret | undefined {
  const [, random, mac] = FORM.exec(token) ?? [];
  if (!random || !mac) return undefined;
  const given = Buffer.from(mac, "base64url");
  const right = sign(random, key);
  // The canonical form only: another spelling of the same bytes is another string in the owner's hash.
  if (given.length !== right.length || given.toString("base64url") !== mac) return undefined;
  return timingSafeEqual(given, right) ? { token, owner: ownerOf(random) } : undefined;
}

function sign(random: string, key: string): Buffer {
  return createHmac("sha256", key).update(random).digest();
}

function ownerOf(random: string): string {
  return `visitor:${hash("sha256", random, "base64url")}`;
}
