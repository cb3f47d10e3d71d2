import { INSTALLATION, type Operator } from "./operator.ts";
import type { Grant, Permission } from "./permissions.ts";

/**
 * Somebody who may change operators: what they see and how far they may go. The owners of the installation go all the way;
 * the owners and admins of a tenant give and take its roles, up to their own.
 */
export interface Manager {
  /** The tenant that it is about; "*" for the installation. */
  readonly scope: string;
  readonly rank: "installation-owner" | "owner" | "admin" | "none";
}

/** @param may what who asks may do where */
export function managerOf(
  scope: string,
  may: (permission: Permission, tenantId: string) => boolean,
): Manager {
  if (may("owner", INSTALLATION)) return { scope, rank: "installation-owner" };
  if (scope === INSTALLATION) return { scope, rank: "none" };
  if (may("owner", scope)) return { scope, rank: "owner" };
  return { scope, rank: may("admin", scope) ? "admin" : "none" };
}

/** Whether the manager may give or take a role. */
export function mayGrant({ scope, rank }: Manager, grant: Grant): boolean {
  if (rank === "installation-owner") return true;
  if (grant.tenantId !== scope || rank === "none") return false;
  return rank === "owner" || grant.role !== "owner";
}

/** Whether the manager may do what concerns all that the operator may: disable, remove, send a link to set the password. */
export function mayManage(manager: Manager, operator: Pick<Operator, "grants">): boolean {
  return operator.grants.every((grant) => mayGrant(manager, grant));
}

/** Who works for other tenants only does not exist for a tenant's manager. */
export function isVisible({ scope }: Manager, operator: Pick<Operator, "grants">): boolean {
  return scope === INSTALLATION || operator.grants.some(({ tenantId }) => tenantId === scope);
}
