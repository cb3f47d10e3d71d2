import type { AuthToken } from "./options.ts";

/** A token is replaced before it expires, so that none runs out on its way. */
const RENEW_BEFORE_MS = 30_000;

type TokenFunction = Exclude<AuthToken, string>;

/** What each function gave last, or is about to give: who asks meanwhile waits for the same. */
const given = new WeakMap<TokenFunction, Promise<string | undefined>>();

/**
 * The token that a call made now carries. A function is called the first time, when what it gave is about to expire, and
 * when that was refused; a token whose expiry cannot be read is kept until then.
 *
 * @param refused a token that the server did not take
 * @throws what the function throws: no message is sent as somebody else instead
 */
export async function readToken(
  authToken: AuthToken | null | undefined,
  refused?: string,
): Promise<string | undefined> {
  if (typeof authToken !== "function") return authToken || undefined;
  const before = given.get(authToken);
  const token = await before?.catch(() => undefined);
  if (token && token !== refused && !isExpiring(token)) return token;

  const meanwhile = given.get(authToken);
  if (meanwhile && meanwhile !== before) return meanwhile;
  const next = callFor(authToken);
  given.set(authToken, next);
  return next;
}

/** The claims of a JWT as it tells them, unverified; none of a token of another kind. */
export function claimsOf(token: string): { readonly sub?: unknown; readonly exp?: unknown } {
  try {
    const payload = token.split(".")[1] ?? "";
    return Object(JSON.parse(atob(payload.replace(/-/g, "+").replace(/_/g, "/"))));
  } catch {
    return {};
  }
}

async function callFor(authToken: TokenFunction): Promise<string | undefined> {
  return (await authToken()) || undefined;
}

function isExpiring(token: string): boolean {
  const { exp } = claimsOf(token);
  return typeof exp === "number" && exp * 1000 - RENEW_BEFORE_MS < Date.now();
}
