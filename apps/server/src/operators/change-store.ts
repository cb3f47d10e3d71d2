import { type AuditEntry, writeAudit } from "../audit/store.ts";
import { type Connection, defineWrite } from "../db/database.ts";
import { timeOrderedId } from "../db/ids.ts";
import { EVERY_TENANT } from "../db/statement.ts";
import { deleteLinks, deleteSessions, type NewLink, replaceLinks } from "./links-store.ts";
import { lockOperators } from "./lock-store.ts";
import { isVisible, type Manager, mayGrant, mayManage } from "./manager.ts";
import { INSTALLATION, isInstallationOwner, type Operator } from "./operator.ts";
import { findOperator, listActiveOwners } from "./operators-store.ts";
import type { Grant } from "./permissions.ts";

/** Why a change was refused. */
export type Refusal = "not_found" | "forbidden" | "last_owner" | "disabled";
export type Outcome = Operator | Refusal;

interface About {
  readonly id: number;
  readonly manager: Manager;
  readonly audit: AuditEntry;
}

export interface OperatorChange {
  readonly name?: string | undefined;
  readonly disabled?: boolean | undefined;
  /** Instead of the roles within the manager's scope. */
  readonly grants?: readonly Grant[] | undefined;
}

/** Changes an operator's name, roles, or whether it may sign in at all; disabling ends all its sessions and links. */
export const changeOperator = defineWrite(
  "operators.change",
  async (
    transaction,
    { id, manager, change, audit }: About & { readonly change: OperatorChange },
  ): Promise<Outcome> => {
    await lockOperators(transaction);
    const operator = await findVisible(transaction, manager, id);
    if (!operator) return "not_found";
    const grants = change.grants ? replaced(operator.grants, change.grants, manager) : undefined;
    const changesPerson = change.name !== undefined || change.disabled !== undefined;
    const mayChange =
      (!changesPerson || mayManage(manager, operator)) &&
      (!grants || differences(operator.grants, grants).every((grant) => mayGrant(manager, grant)));
    if (!mayChange) return "forbidden";
    const staysOwner =
      change.disabled !== true && isInstallationOwner({ grants: grants ?? operator.grants });
    if (!staysOwner && (await isLastOwner(transaction, id))) return "last_owner";

    if (changesPerson) await updatePerson(transaction, operator, change, audit.now);
    if (grants) await replaceRoles(transaction, id, grants);
    await writeAudit(transaction, audit);
    return (await findOperator(transaction, id)) ?? "not_found";
  },
);

/** Removes an operator with all its sessions; what it did stays in the audit log. */
export const removeOperator = defineWrite(
  "operators.remove",
  async (transaction, { id, manager, audit }: About): Promise<Outcome> => {
    await lockOperators(transaction);
    const operator = await findVisible(transaction, manager, id);
    if (!operator) return "not_found";
    if (!mayManage(manager, operator)) return "forbidden";
    if (await isLastOwner(transaction, id)) return "last_owner";
    await transaction.query(
      EVERY_TENANT,
      transaction.builder.deleteFrom("operators").where("id", "=", id),
    );
    await writeAudit(transaction, audit);
    return operator;
  },
);

/** Gives an operator a link to set a password, instead of an earlier one. */
export const giveLink = defineWrite(
  "operators.giveLink",
  async (
    transaction,
    { id, manager, audit, link }: About & { readonly link: NewLink },
  ): Promise<Outcome> => {
    await lockOperators(transaction);
    const operator = await findVisible(transaction, manager, id);
    if (!operator) return "not_found";
    if (!mayManage(manager, operator)) return "forbidden";
    if (operator.state === "disabled") return "disabled";
    await replaceLinks(transaction, id, link, audit.now);
    await writeAudit(transaction, audit);
    return operator;
  },
);

/** Adds an operator who takes the link to come in; undefined when the address has an operator already. */
export const inviteOperator = defineWrite(
  "operators.invite",
  async (
    transaction,
    input: {
      readonly email: string;
      readonly name: string;
      readonly grants: readonly Grant[];
      readonly link: NewLink;
      /** Its target is who is added. */
      readonly audit: AuditEntry;
    },
  ): Promise<Operator | undefined> => {
    await lockOperators(transaction);
    const id = timeOrderedId(input.audit.now);
    const made = await transaction.query(
      EVERY_TENANT,
      transaction.builder
        .insertInto("operators")
        .values({
          id,
          email: input.email,
          name: input.name,
          password_hash: null,
          created_at: input.audit.now,
          disabled_at: null,
        })
        .onConflict((conflict) => conflict.doNothing())
        .returning("id"),
    );
    if (made.length === 0) return undefined;
    await replaceRoles(transaction, id, input.grants);
    await replaceLinks(transaction, id, input.link, input.audit.now);
    await writeAudit(transaction, { ...input.audit, target: String(id) });
    return findOperator(transaction, id);
  },
);

async function findVisible(transaction: Connection, manager: Manager, id: number) {
  const operator = await findOperator(transaction, id);
  return operator && isVisible(manager, operator) ? operator : undefined;
}

/** Whether nobody but this operator could give roles any more. */
async function isLastOwner(transaction: Connection, id: number): Promise<boolean> {
  const owners = await listActiveOwners(transaction);
  return owners.includes(id) && owners.length === 1;
}

/** All grants as they become: outside of the manager's scope they stay. */
function replaced(before: readonly Grant[], wanted: readonly Grant[], { scope }: Manager): Grant[] {
  const kept = before.filter(({ tenantId }) => scope !== INSTALLATION && tenantId !== scope);
  return [...kept, ...wanted.filter((grant) => !kept.some((other) => isSame(other, grant)))];
}

function differences(before: readonly Grant[], after: readonly Grant[]): Grant[] {
  const without = (from: readonly Grant[], others: readonly Grant[]) =>
    from.filter((grant) => !others.some((other) => isSame(other, grant)));
  return [...without(before, after), ...without(after, before)];
}

const isSame = (one: Grant, other: Grant) =>
  one.tenantId === other.tenantId && one.role === other.role;

async function updatePerson(
  transaction: Connection,
  operator: Operator,
  { name = operator.name, disabled }: OperatorChange,
  now: number,
): Promise<void> {
  const { builder } = transaction;
  await transaction.query(
    EVERY_TENANT,
    builder
      .updateTable("operators")
      .set({ name, ...(disabled !== undefined && { disabled_at: disabled ? now : null }) })
      .where("id", "=", operator.id),
  );
  if (!disabled) return;
  await deleteSessions(transaction, operator.id);
  await deleteLinks(transaction, operator.id);
}

async function replaceRoles(transaction: Connection, id: number, grants: readonly Grant[]) {
  const { builder } = transaction;
  await transaction.query(
    EVERY_TENANT,
    builder.deleteFrom("operator_roles").where("operator_id", "=", id),
  );
  if (grants.length === 0) return;
  const rows = grants.map(({ tenantId, role }) => ({ operator_id: id, tenant_id: tenantId, role }));
  await transaction.query(EVERY_TENANT, builder.insertInto("operator_roles").values(rows));
}

export const CHANGE_WRITES = [changeOperator, removeOperator, giveLink, inviteOperator];
