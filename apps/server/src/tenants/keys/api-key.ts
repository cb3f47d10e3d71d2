import { hash, randomBytes } from "node:crypto";
import type { KeyScope } from "@orcha/contract";

const PREFIX = "orcha_sk_";
const FORM = /^orcha_sk_[\w-]{43}$/;
/** Enough of a key for people to tell it from others, too little to guess the rest. */
const SHOWN_CHARS = PREFIX.length + 4;

/** A secret key of a tenant's server, or with "*" one of the installation. */
export interface ApiKey {
  readonly id: number;
  readonly tenantId: string;
  readonly name: string;
  readonly scopes: readonly KeyScope[];
}

/** A new key: `token` is told once and kept nowhere. */
export function makeApiKey(): {
  readonly token: string;
  readonly hash: string;
  readonly prefix: string;
} {
  const token = `${PREFIX}${randomBytes(32).toString("base64url")}`;
  return { token, hash: hashOf(token), prefix: token.slice(0, SHOWN_CHARS) };
}

/**
 * What a key is found by; undefined for what cannot be one. A key is 256 random bits, so a plain hash hides it, and how long
 * comparing hashes takes tells nothing about it.
 */
export function hashOfKey(token: string): string | undefined {
  return FORM.test(token) ? hashOf(token) : undefined;
}

function hashOf(token: string): string {
  return hash("sha256", token, "base64url");
}
