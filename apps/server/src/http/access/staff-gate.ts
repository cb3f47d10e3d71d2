import { OrchaError } from "@orcha/contract";
import type { Actor } from "../../audit/store.ts";
import { allows, type Grant, type Permission } from "../../operators/permissions.ts";
import type { TenantResolver } from "../../tenants/resolve-tenant.ts";
import type { RequestContext } from "../context.ts";
import { tenantInPath, tenantParameter } from "../parameters.ts";
import { bearerOf, type FindKey, isSecretKey } from "./credentials.ts";
import { isOwnOrigin } from "./own-origin.ts";
import type { Policy, StaffAdmission } from "./route.ts";

const INSTALLATION = "*";

export interface StaffGateDeps {
  readonly publicUrl: string | undefined;
  readonly defaultTenantId: string;
  readonly resolveTenant: TenantResolver;
  readonly findKey: FindKey;
  /** The operator whose session the request's cookie names. */
  readonly findOperator: (cookies: string | undefined) => Promise<SignedIn | undefined>;
  /** Truncated, for the audit log. */
  readonly addressOf: (c: RequestContext) => string;
  readonly now: () => number;
}

export interface SignedIn {
  readonly id: number;
  readonly name: string;
  readonly grants: readonly Grant[];
}

/** Somebody with a credential, before it is known what they may do here. */
interface StaffMember {
  readonly actor: Actor;
  /** Of a key, which speaks for its tenant when the request names none. */
  readonly ownTenantId: string | undefined;
  may(permission: Permission, tenantId: string): boolean;
}

/**
 * Admits an operator by the session's cookie, or a server by its secret key.
 *
 * @throws OrchaError `unauthorized` without a valid credential, `forbidden` without the permission, `tenant_not_found`
 */
export async function admitStaff(
  c: RequestContext,
  deps: StaffGateDeps,
  policy: Extract<Policy, { for: "staff" }>,
): Promise<StaffAdmission> {
  const member = await identify(c, deps);
  const { tenantId, label } = await subjectOf(c, deps, policy, member);
  if (!member.may(policy.permission, tenantId)) throw new OrchaError("forbidden");
  const address = deps.addressOf(c);
  return {
    tenantId,
    label,
    actor: member.actor,
    may: member.may,
    entry: (action, target, detail = {}, about = tenantId) => ({
      tenantId: about,
      actor: member.actor,
      action,
      target,
      detail,
      address,
      now: deps.now(),
    }),
  };
}

async function identify(c: RequestContext, deps: StaffGateDeps): Promise<StaffMember> {
  const token = bearerOf(c);
  if (token !== undefined) {
    const key = isSecretKey(token) ? await deps.findKey(token) : undefined;
    if (!key || (await isSuspended(deps, key.tenantId))) throw new OrchaError("unauthorized");
    return {
      actor: { kind: "key", id: String(key.id), name: key.name },
      ownTenantId: key.tenantId,
      may: (permission, tenantId) =>
        key.scopes.includes(permission) && [INSTALLATION, tenantId].includes(key.tenantId),
    };
  }
  const operator = await deps.findOperator(c.req.header("cookie"));
  if (!operator) throw new OrchaError("unauthorized", "Please sign in.");
  // The cookie comes by itself, so a page of somebody else's must not be able to use it.
  if (!isOwnOrigin(c, deps.publicUrl)) throw new OrchaError("forbidden");
  return {
    actor: { kind: "operator", id: String(operator.id), name: operator.name },
    ownTenantId: undefined,
    may: (permission, tenantId) => allows(operator.grants, permission, tenantId),
  };
}

async function isSuspended(deps: StaffGateDeps, tenantId: string): Promise<boolean> {
  if (tenantId === INSTALLATION) return false;
  return (await deps.resolveTenant(tenantId)).tenant.settings.suspended;
}

/** What the request is about: the tenant that its path or query names, else the key's own, else the default one. */
async function subjectOf(
  c: RequestContext,
  deps: StaffGateDeps,
  policy: Extract<Policy, { for: "staff" }>,
  member: StaffMember,
): Promise<{ readonly tenantId: string; readonly label: string }> {
  if (policy.over === "installation") return { tenantId: INSTALLATION, label: "" };
  const inPath = tenantInPath(c);
  const named = inPath ?? tenantParameter(c) ?? member.ownTenantId ?? deps.defaultTenantId;
  if (named === INSTALLATION) return { tenantId: INSTALLATION, label: "" };
  const { tenant, label } = await deps.resolveTenant(named);
  if (label !== "" && inPath !== undefined) {
    // Who runs some tenants only does not learn which others there are.
    const mayAll = member.may(policy.permission, INSTALLATION);
    throw new OrchaError(mayAll ? "tenant_not_found" : "forbidden");
  }
  return { tenantId: tenant.id, label };
}
