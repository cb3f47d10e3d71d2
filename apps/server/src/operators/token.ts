import { hash, randomBytes } from "node:crypto";

const TOKEN_BYTES = 32;

/** What a cookie or a link carries: nobody can guess it. */
export function makeToken(): string {
  return randomBytes(TOKEN_BYTES).toString("base64url");
}

/** What is stored of a token, so that who reads the database cannot use it. */
export function hashToken(token: string): string {
  return hash("sha256", token, "base64url");
}
