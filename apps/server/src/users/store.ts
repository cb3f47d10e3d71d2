import { type AuditEntry, auditStep } from "../audit/store.ts";
import { type Connection, defineSteps, defineWrite, must } from "../db/database.ts";
import { lockRows } from "../db/lock-rows.ts";
import type { UserTable } from "../db/schema.ts";
import { statement } from "../db/statement.ts";

const selectUser = statement<{ tenantId: string; id: number }>()((db, p) =>
  db
    .selectFrom("users")
    .selectAll()
    .where("tenant_id", "=", p("tenantId"))
    .where("id", "=", p("id")),
);
const selectUsers = statement<{ tenantId: string; after: number; limit: number }>()((db, p) =>
  db
    .selectFrom("users")
    .selectAll()
    .where("tenant_id", "=", p("tenantId"))
    .where("id", ">", p("after"))
    .orderBy("id")
    .limit(p("limit")),
);
export type UserRow = UserTable;

export async function findUser(
  reader: Connection,
  tenantId: string,
  id: number,
): Promise<UserTable | undefined> {
  const [row] = await reader.run(selectUser, { tenantId, id });
  return row;
}

/** Users with a larger id, in the order of their ids. */
export async function readUsers(
  reader: Connection,
  tenantId: string,
  after: number,
  limit: number,
): Promise<UserTable[]> {
  return reader.run(selectUsers, { tenantId, after, limit });
}

const insertUser = statement<{ tenantId: string; id: number; name: string; now: number }>()(
  (db, p) =>
    db
      .insertInto("users")
      .values({
        tenant_id: p("tenantId"),
        id: p("id"),
        name: p("name"),
        created_at: p("now"),
        subject: null,
      })
      .onConflict((conflict) => conflict.doNothing()),
);
const setName = statement<{ tenantId: string; id: number; name: string }>()((db, p) =>
  db
    .updateTable("users")
    .set({ name: p("name") })
    .where("tenant_id", "=", p("tenantId"))
    .where("id", "=", p("id")),
);

export interface UserChange {
  readonly tenantId: string;
  readonly id: number;
  readonly entry: AuditEntry;
}

/** Answers false when there is such a user already. */
export const createUser = defineSteps(
  "users.create",
  ({ entry, ...user }: UserChange & { readonly name: string; readonly now: number }) => [
    must(insertUser, user),
    auditStep(entry),
  ],
);

/** Answers false when there is no such user. */
export const renameUser = defineSteps(
  "users.rename",
  ({ entry, ...user }: UserChange & { readonly name: string }) => [
    must(setName, user),
    auditStep(entry),
  ],
);

/** Removes a user without conversations. */
export const removeUser = defineWrite(
  "users.remove",
  async (
    transaction,
    { tenantId, id, entry }: UserChange,
  ): Promise<"removed" | "unknown" | "has-conversations"> => {
    if (!(await holdUser(transaction, tenantId, id))) return "unknown";
    if (await hasConversations(transaction, tenantId, "user_id", id)) return "has-conversations";
    await deleteUser(transaction, tenantId, id);
    const { statement: record, values } = auditStep(entry);
    await transaction.change(record, values);
    return "removed";
  },
);

/** Holds a user's row until the transaction ends, so that no conversation of theirs begins meanwhile. */
export async function holdUser(
  transaction: Connection,
  tenantId: string,
  id: number,
): Promise<UserTable | undefined> {
  const query = transaction.builder
    .selectFrom("users")
    .selectAll()
    .where("tenant_id", "=", tenantId)
    .where("id", "=", id);
  const [row] = await transaction.query(tenantId, lockRows(transaction, query));
  return row;
}

export async function hasConversations(
  connection: Connection,
  tenantId: string,
  column: "user_id" | "owner",
  value: number | string,
): Promise<boolean> {
  const rows = await connection.query(
    tenantId,
    connection.builder
      .selectFrom("conversations")
      .select("id")
      .where("tenant_id", "=", tenantId)
      .where(column, "=", value)
      .limit(1),
  );
  return rows.length > 0;
}

export async function deleteUser(
  transaction: Connection,
  tenantId: string,
  id: number,
): Promise<void> {
  await transaction.query(
    tenantId,
    transaction.builder.deleteFrom("users").where("tenant_id", "=", tenantId).where("id", "=", id),
  );
}
