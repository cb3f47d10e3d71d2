const NAME = "orcha_session";
/** A browser takes this name only from https, and only for this very host. */
const HTTPS_NAME = "__Host-orcha_session";

/** The session's token in a Cookie header. Under https only the name counts that no neighbouring host can set. */
export function sessionToken(
  cookies: string | undefined,
  publicUrl: string | undefined,
): string | undefined {
  const name = nameFor(publicUrl);
  for (const pair of cookies?.split(";") ?? []) {
    const at = pair.indexOf("=");
    if (pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}

/** The Set-Cookie that signs in. The browser forgets it when it closes; the server decides when it is over. */
export function sessionCookie(token: string, publicUrl: string | undefined): string {
  return `${nameFor(publicUrl)}=${token}; ${attributes(publicUrl)}`;
}

/** The Set-Cookie that signs out. */
export function endedSessionCookie(publicUrl: string | undefined): string {
  return `${nameFor(publicUrl)}=; Max-Age=0; ${attributes(publicUrl)}`;
}

function isHttps(publicUrl: string | undefined): boolean {
  return publicUrl?.startsWith("https://") === true;
}

function nameFor(publicUrl: string | undefined): string {
  return isHttps(publicUrl) ? HTTPS_NAME : NAME;
}

function attributes(publicUrl: string | undefined): string {
  return `Path=/; HttpOnly; SameSite=Strict${isHttps(publicUrl) ? "; Secure" : ""}`;
}
