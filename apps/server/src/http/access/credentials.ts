import type { Permission } from "../../operators/permissions.ts";
import type { RequestContext } from "../context.ts";

/** A secret API key that is valid now. */
export interface FoundKey {
  readonly id: number;
  /** "*" for a key of the installation. */
  readonly tenantId: string;
  readonly name: string;
  readonly scopes: readonly Permission[];
}
export type FindKey = (token: string) => Promise<FoundKey | undefined>;

const KEY_PREFIX = "orcha_sk_";

/** The Bearer credential of a request, possibly empty; other schemes are passed over. */
export function bearerOf(c: RequestContext): string | undefined {
  const [scheme = "", ...rest] = (c.req.header("authorization") ?? "").trim().split(/\s+/);
  return scheme.toLowerCase() === "bearer" ? rest.join(" ") : undefined;
}

export function isSecretKey(token: string): boolean {
  return token.startsWith(KEY_PREFIX);
}
