import {
  makeVisitorSecret,
  type VisitorSecret,
  verifyVisitorSecret,
} from "../../tenants/visitor-secret.ts";
import type { RequestContext } from "../context.ts";
import type { HeaderValues } from "../send.ts";
import { isOwnOrigin } from "./own-origin.ts";

const COOKIE_DAYS = 180;
const SECURE_COOKIE = "__Host-aura_v";
const LOOPBACK_COOKIE = "aura_v";
const LOOPBACK_HOST = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i;

export interface VisitorOptions {
  readonly visitorKey: string;
  /** Decides about cookies; undefined trusts the Host header for loopback only. */
  readonly publicUrl: string | undefined;
}

/**
 * The visitor's secret that a request carries: undefined when it carries none, "invalid" for one that this server did not
 * make. The cookie counts for pages of this server only, so that no other page can act as its visitor.
 */
export function readVisitorSecret(
  c: RequestContext,
  options: VisitorOptions,
): VisitorSecret | "invalid" | undefined {
  const cookie = isOwnOrigin(c, options.publicUrl) ? c.req.header("cookie") : undefined;
  const token = c.req.header("x-aura-visitor") ?? cookieToken(cookie);
  if (token === undefined) return undefined;
  return verifyVisitorSecret(token, options.visitorKey) ?? "invalid";
}

/**
 * Makes a secret and the headers that hand it to the caller.
 *
 * @param seed what the caller alone knows, so that the same request gets the same secret; random when absent
 */
export function issueVisitorSecret(
  c: RequestContext,
  options: VisitorOptions,
  seed?: string,
): { readonly secret: VisitorSecret; readonly headers: HeaderValues } {
  const secret = makeVisitorSecret(options.visitorKey, seed);
  const cookies = cookiesFor(secret.token, c.req.header("host"), options.publicUrl);
  const headers: Record<string, string | readonly string[]> = { "X-Aura-Visitor": secret.token };
  if (cookies.length > 0) headers["Set-Cookie"] = cookies;
  return { secret, headers };
}

function cookiesFor(token: string, host: string | undefined, publicUrl: string | undefined) {
  const age = `Max-Age=${COOKIE_DAYS * 86_400}; Path=/; HttpOnly`;
  const secure = `${SECURE_COOKIE}=${token}; ${age}; Secure; SameSite=None; Partitioned`;
  if (publicUrl?.startsWith("https://")) return [secure];
  const visibleHost = publicUrl ? new URL(publicUrl).host : (host ?? "");
  if (!LOOPBACK_HOST.test(visibleHost)) return []; // a cookie over plain http could be read on the way
  return [secure, `${LOOPBACK_COOKIE}=${token}; ${age}; SameSite=Lax`];
}

function cookieToken(header: string | undefined): string | undefined {
  if (!header) return undefined;
  const cookies = new Map(
    header.split(";").map((pair) => {
      const at = pair.indexOf("=");
      return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()] as const;
    }),
  );
  return cookies.get(SECURE_COOKIE) ?? cookies.get(LOOPBACK_COOKIE);
}
