import type { RequestContext } from "../context.ts";

/**
 * Whether a request comes from a page of this server, or from no page at all: a browser names the page's origin with
 * everything but a plain GET. Behind a proxy that ends TLS the scheme may differ from what the server sees.
 *
 * @param publicUrl the address people see, when it is configured
 */
export function isOwnOrigin(c: RequestContext, publicUrl: string | undefined): boolean {
  const origin = c.req.header("origin");
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false; // "null", the origin of a sandboxed page, too
  if (publicUrl !== undefined && new URL(publicUrl).origin === origin) return true;
  return new URL(origin).host === c.req.header("host")?.toLowerCase();
}
