import { OrchaError } from "@orcha/contract";
import type { UserOfSubject } from "../../tenants/identity/user-of-subject.ts";
import type { TenantResolver } from "../../tenants/resolve-tenant.ts";
import type { Tenant } from "../../tenants/settings.ts";
import type { RequestContext } from "../context.ts";
import { isAllowedOrigin } from "./allowed-origins.ts";
import type { Caller } from "./caller.ts";
import type { FindKey, FoundKey } from "./credentials.ts";
import { bearerOf, isSecretKey } from "./credentials.ts";
import { isOwnOrigin } from "./own-origin.ts";
import type { Admission } from "./route.ts";
import { readVisitorSecret, type VisitorOptions } from "./visitor-credential.ts";

export interface VisitorGateDeps {
  readonly visitor: VisitorOptions;
  readonly resolveTenant: TenantResolver;
  readonly findKey: FindKey;
  /** @throws OrchaError `unauthorized` */
  readonly verifyToken: (tenant: Tenant, token: string) => Promise<{ readonly subject: string }>;
  /** The tenant that a token claims to be of; nothing is proved by it. */
  readonly tenantClaimOf: (token: string) => string | undefined;
  readonly userOfSubject: UserOfSubject;
}

export interface VisitorRequest {
  /** The tenant_id that it names; undefined for none. */
  readonly named: string | undefined;
  readonly network: string;
  /** True for a message, which makes its sender a user of the tenant. */
  readonly isToWrite: boolean;
  /** True lets anonymous callers in also where the tenant requires a credential. */
  readonly beforeSignIn?: boolean | undefined;
}

/**
 * The one place where a request of a visitor's becomes a caller of a tenant.
 * @throws OrchaError `unauthorized` for a Bearer credential that does not verify, which never becomes an anonymous caller, and
 *   for a missing one where the tenant requires it; `forbidden` for a page or a key that may not; `tenant_not_found`
 */
export async function admitVisitor(
  c: RequestContext,
  deps: VisitorGateDeps,
  { named, network, beforeSignIn, isToWrite }: VisitorRequest,
): Promise<Admission> {
  const token = bearerOf(c);
  const key = token !== undefined && isSecretKey(token) ? await deps.findKey(token) : undefined;
  if (token !== undefined && isSecretKey(token) && !key) throw new OrchaError("unauthorized");

  const wanted = named ?? (key ? key.tenantId : token && deps.tenantClaimOf(token));
  const { tenant, label } = await deps.resolveTenant(wanted);
  if (tenant.settings.suspended) {
    throw new OrchaError(token === undefined ? "tenant_not_found" : "unauthorized");
  }
  refuseForeignPage(c, deps, tenant);

  const caller = await identify(c, deps, tenant, { token, key, isToWrite });
  const isAnonymous = caller.kind !== "subject" && caller.kind !== "key";
  if (isAnonymous && !beforeSignIn && tenant.settings.identity.mode === "required") {
    throw new OrchaError("unauthorized", "Please sign in to chat.");
  }
  return { tenant, label, caller, network };
}

/** Pages of other origins may call only for tenants that list them, or that list none. */
function refuseForeignPage(c: RequestContext, deps: VisitorGateDeps, tenant: Tenant): void {
  const origin = c.req.header("origin");
  if (origin === undefined || isOwnOrigin(c, deps.visitor.publicUrl)) return;
  if (isAllowedOrigin(origin, tenant.settings.allowed_origins)) return;
  throw new OrchaError("forbidden", "This page is not one that this tenant allows.");
}

async function identify(
  c: RequestContext,
  deps: VisitorGateDeps,
  tenant: Tenant,
  bearer: {
    readonly token: string | undefined;
    readonly key: FoundKey | undefined;
    readonly isToWrite: boolean;
  },
): Promise<Caller> {
  if (bearer.key) {
    if (bearer.key.tenantId !== tenant.id || !bearer.key.scopes.includes("chat")) {
      throw new OrchaError("forbidden");
    }
    return { kind: "key", keyId: bearer.key.id };
  }
  const secret = readVisitorSecret(c, deps.visitor);
  if (bearer.token !== undefined) {
    const { subject } = await deps.verifyToken(tenant, bearer.token);
    const known = secret === "invalid" ? undefined : secret;
    // Reading makes nobody a user, unless they bring along what becomes theirs.
    const makes = bearer.isToWrite || known !== undefined;
    const userId = await deps.userOfSubject(tenant.id, subject, makes);
    return { kind: "subject", userId, secret: known };
  }
  if (secret === undefined) return { kind: "none" };
  return secret === "invalid" ? { kind: "invalid" } : { kind: "visitor", secret };
}
