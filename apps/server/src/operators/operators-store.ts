import type { Role } from "../db/access-schema.ts";
import type { Connection } from "../db/database.ts";
import { EVERY_TENANT, statementOverAll } from "../db/statement.ts";
import { INSTALLATION, type Operator, type OperatorState } from "./operator.ts";

/** What signing in needs to know of an account. */
export interface Account {
  readonly id: number;
  readonly name: string;
  readonly passwordHash: string | undefined;
  readonly isDisabled: boolean;
}

interface OperatorRow {
  readonly id: number;
  readonly email: string;
  readonly name: string;
  readonly password_hash: string | null;
  readonly created_at: number;
  readonly disabled_at: number | null;
}

const selectAccount = statementOverAll<{ email: string }>()((db, p) =>
  db
    .selectFrom("operators")
    .select(["id", "name", "password_hash", "disabled_at"])
    .where("email", "=", p("email")),
);
const selectOperator = statementOverAll<{ id: number }>()((db, p) =>
  db
    .selectFrom("operators")
    .select(["id", "email", "name", "password_hash", "created_at", "disabled_at"])
    .where("id", "=", p("id")),
);
const selectRoles = statementOverAll<{ id: number }>()((db, p) =>
  db
    .selectFrom("operator_roles")
    .select(["tenant_id", "role"])
    .where("operator_id", "=", p("id"))
    .orderBy("tenant_id"),
);
const selectAny = statementOverAll<Record<string, never>>()((db) =>
  db.selectFrom("operators").select("id").limit(1),
);
const selectActiveOwners = statementOverAll<Record<string, never>>()((db) =>
  db
    .selectFrom("operators")
    .innerJoin("operator_roles", "operator_roles.operator_id", "operators.id")
    .select("operators.id")
    .where("operator_roles.tenant_id", "=", INSTALLATION)
    .where("operator_roles.role", "=", "owner")
    .where("operators.disabled_at", "is", null)
    .where("operators.password_hash", "is not", null),
);

export async function findAccount(reader: Connection, email: string): Promise<Account | undefined> {
  const [row] = await reader.run(selectAccount, { email });
  return (
    row && {
      id: row.id,
      name: row.name,
      passwordHash: row.password_hash ?? undefined,
      isDisabled: row.disabled_at !== null,
    }
  );
}

export async function findOperator(
  connection: Connection,
  id: number,
): Promise<Operator | undefined> {
  const [row] = await connection.run(selectOperator, { id });
  if (!row) return undefined;
  return toOperator(row, await connection.run(selectRoles, { id }));
}

export async function anyOperatorExists(connection: Connection): Promise<boolean> {
  return (await connection.run(selectAny, {})).length > 0;
}

/** Owners of the installation who can sign in. */
export async function listActiveOwners(connection: Connection): Promise<number[]> {
  return (await connection.run(selectActiveOwners, {})).map(({ id }) => id);
}

/**
 * A page of operators in the order of their ids, which is the order in which they came.
 *
 * @param tenantId only who has a role over it, and of them only these roles; "*" for everybody
 */
export async function listOperators(
  reader: Connection,
  tenantId: string,
  page: { readonly after: number; readonly limit: number },
): Promise<{ readonly operators: readonly Operator[]; readonly next: number | undefined }> {
  const { builder } = reader;
  const isOfOne = tenantId !== INSTALLATION;
  const ofTenant = builder
    .selectFrom("operator_roles")
    .select("operator_id")
    .where("tenant_id", "=", tenantId);
  const rows = await reader.query(
    EVERY_TENANT,
    builder
      .selectFrom("operators")
      .select(["id", "email", "name", "password_hash", "created_at", "disabled_at"])
      .where("id", ">", page.after)
      .$if(isOfOne, (query) => query.where("id", "in", ofTenant))
      .orderBy("id")
      .limit(page.limit + 1),
  );
  const shown = rows.slice(0, page.limit);
  const roles = await rolesOf(reader, shown, isOfOne ? tenantId : undefined);
  const next = rows.length > page.limit ? shown.at(-1)?.id : undefined;
  return { operators: shown.map((row) => toOperator(row, roles.get(row.id) ?? [])), next };
}

type RoleRow = { readonly tenant_id: string; readonly role: Role };

async function rolesOf(
  reader: Connection,
  operators: readonly OperatorRow[],
  tenantId: string | undefined,
): Promise<ReadonlyMap<number, RoleRow[]>> {
  if (operators.length === 0) return new Map();
  const ids = operators.map(({ id }) => id);
  let query = reader.builder
    .selectFrom("operator_roles")
    .select(["operator_id", "tenant_id", "role"])
    .where("operator_id", "in", ids)
    .orderBy("tenant_id");
  if (tenantId !== undefined) query = query.where("tenant_id", "=", tenantId);
  const roles = new Map<number, RoleRow[]>();
  for (const row of await reader.query(EVERY_TENANT, query)) {
    roles.set(row.operator_id, [...(roles.get(row.operator_id) ?? []), row]);
  }
  return roles;
}

function toOperator(row: OperatorRow, roles: readonly RoleRow[]): Operator {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    grants: roles.map(({ tenant_id, role }) => ({ tenantId: tenant_id, role })),
    state: stateOf(row),
    createdAt: row.created_at,
  };
}

function stateOf(row: OperatorRow): OperatorState {
  if (row.disabled_at !== null) return "disabled";
  return row.password_hash === null ? "invited" : "active";
}
