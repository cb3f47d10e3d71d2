import { OrchaError } from "@orcha/contract";
import type { AuditEntry } from "../audit/store.ts";
import type { Database } from "../db/database.ts";
import { findTenant } from "../tenants/store.ts";
import {
  changeOperator,
  giveLink,
  inviteOperator,
  type OperatorChange,
  type Outcome,
  type Refusal,
  removeOperator,
} from "./change-store.ts";
import { makeLink, type OneTimeLink } from "./links.ts";
import { type Manager, mayGrant } from "./manager.ts";
import { INSTALLATION, type Operator } from "./operator.ts";
import { findOperator } from "./operators-store.ts";
import type { Grant } from "./permissions.ts";

const REFUSALS: Readonly<Record<Refusal, () => OrchaError>> = {
  not_found: () => new OrchaError("not_found", "This operator does not exist."),
  forbidden: () => new OrchaError("forbidden", "You may not change what this operator may do."),
  last_owner: () =>
    new OrchaError("invalid_request", "This is the last owner; make somebody else an owner first."),
  disabled: () => new OrchaError("invalid_request", "This operator is disabled; enable it first."),
};

export interface OperatorRequest {
  readonly id: number;
  readonly manager: Manager;
  readonly audit: AuditEntry;
}

export interface Invitation {
  readonly email: string;
  readonly name: string;
  readonly grants: readonly Grant[];
}

/** @throws OrchaError `forbidden`, `tenant_not_found`, `invalid_request` */
export async function invite(
  database: Database,
  manager: Manager,
  invitation: Invitation,
  audit: AuditEntry,
): Promise<{ readonly operator: Operator; readonly link: OneTimeLink }> {
  await checkGrants(database, manager, invitation.grants);
  const { token, ...link } = makeLink("invitation", audit.now);
  const operator = await database.write(inviteOperator, { ...invitation, link, audit });
  if (!operator) {
    throw new OrchaError("invalid_request", "An operator with this e-mail address exists already.");
  }
  return { operator, link: { token, ...link } };
}

/** @throws OrchaError `not_found`, `forbidden`, `tenant_not_found`, `invalid_request` for the last owner */
export async function change(
  database: Database,
  request: OperatorRequest & { readonly change: OperatorChange },
): Promise<Operator> {
  const { grants } = request.change;
  if (grants) await checkGrants(database, request.manager, grants);
  return orRefuse(await database.write(changeOperator, request));
}

/** @throws OrchaError `not_found`, `forbidden`, `invalid_request` for the last owner */
export async function remove(database: Database, request: OperatorRequest): Promise<void> {
  orRefuse(await database.write(removeOperator, request));
}

/**
 * Makes a link to set a password: whoever opens it first becomes that operator.
 * @throws OrchaError `not_found`, `forbidden`, `invalid_request` for a disabled one
 */
export async function makeResetLink(
  database: Database,
  request: OperatorRequest,
): Promise<OneTimeLink> {
  const operator = await findOperator(database.reader, request.id);
  const purpose = operator?.state === "invited" ? "invitation" : "reset";
  const { token, ...link } = makeLink(purpose, request.audit.now);
  orRefuse(await database.write(giveLink, { ...request, link }));
  return { token, ...link };
}

async function checkGrants(database: Database, manager: Manager, grants: readonly Grant[]) {
  const { scope } = manager;
  const isInScope = (grant: Grant) => scope === INSTALLATION || grant.tenantId === scope;
  if (!grants.every((grant) => isInScope(grant) && mayGrant(manager, grant))) {
    throw REFUSALS.forbidden();
  }
  if (new Set(grants.map(({ tenantId }) => tenantId)).size < grants.length) {
    throw new OrchaError("invalid_request", "grants must name each tenant once.");
  }
  for (const { tenantId } of grants) {
    if (tenantId !== INSTALLATION && !(await findTenant(database.reader, tenantId))) {
      throw new OrchaError("tenant_not_found");
    }
  }
}

function orRefuse(outcome: Outcome): Operator {
  if (typeof outcome === "string") throw REFUSALS[outcome]();
  return outcome;
}
