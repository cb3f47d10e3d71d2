import type { Grant } from "./permissions.ts";

export type OperatorState = "invited" | "active" | "disabled";

/** A person who runs the installation or some of its tenants. */
export interface Operator {
  readonly id: number;
  readonly email: string;
  readonly name: string;
  readonly grants: readonly Grant[];
  /** `invited` until the password was set. */
  readonly state: OperatorState;
  readonly createdAt: number;
}

/** An operator behind a valid session. */
export type SignedInOperator = Pick<Operator, "id" | "email" | "name" | "grants">;

/** The installation itself, where a tenant is meant. */
export const INSTALLATION = "*";

export function isInstallationOwner({ grants }: Pick<Operator, "grants">): boolean {
  return grants.some(({ tenantId, role }) => tenantId === INSTALLATION && role === "owner");
}
