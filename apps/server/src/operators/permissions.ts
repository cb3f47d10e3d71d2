import type { Role } from "../db/access-schema.ts";

/**
 * What somebody may do with a tenant. `chat` and `search` are for the tenant's own servers, `read` sees, `write` changes its
 * contents, `admin` its settings, keys and people, `owner` the installation's people and prices.
 */
export const PERMISSIONS = ["chat", "search", "read", "write", "admin", "owner"] as const;
export type Permission = (typeof PERMISSIONS)[number];

const OF_ROLE: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: ["read"],
  editor: ["read", "write", "search"],
  admin: ["chat", "read", "write", "search", "admin"],
  owner: PERMISSIONS,
};

/** A role that an operator has: over one tenant, or with "*" over all of them and the installation. */
export interface Grant {
  readonly tenantId: string;
  readonly role: Role;
}

/** Whether grants allow something on a tenant; "*" asks for the installation itself. */
export function allows(
  grants: readonly Grant[],
  permission: Permission,
  tenantId: string,
): boolean {
  return grants.some(
    (grant) =>
      (grant.tenantId === "*" || grant.tenantId === tenantId) &&
      OF_ROLE[grant.role].includes(permission),
  );
}
