import { type Connection, defineWrite } from "../db/database.ts";
import { deleteUser, hasConversations, holdUser } from "./store.ts";

/** So many days of usage move in one write. */
const DAYS_AT_ONCE = 30;
/** Usage of those who were erased. */
const NOBODY = 0;

/** What became of a user's row; "more" when the write has to be repeated. */
export type UserErasure = "erased" | "nothing" | "more";

/**
 * Erases the row of a user whose conversations are erased. Someone whom the tenant's tokens named goes altogether, and their
 * usage becomes nobody's, so that totals stay exact. A user whom an operator made, or whom a visitor's conversation names
 * without proof, loses name and subject but keeps the number.
 */
export const eraseUser = defineWrite(
  "users.erase",
  async (
    transaction,
    { tenantId, id }: { readonly tenantId: string; readonly id: number },
  ): Promise<UserErasure> => {
    const user = await holdUser(transaction, tenantId, id);
    if (!user) return "nothing";
    // Under another label there may be more of theirs, which was not to be erased.
    if (await hasConversations(transaction, tenantId, "owner", `user:${id}`)) return "nothing";
    if (user.subject === null || (await hasConversations(transaction, tenantId, "user_id", id))) {
      return forgetWho(transaction, tenantId, user);
    }
    if (await moveUsage(transaction, tenantId, id)) return "more";
    await deleteUser(transaction, tenantId, id);
    return "erased";
  },
);

async function forgetWho(
  transaction: Connection,
  tenantId: string,
  user: { readonly id: number; readonly name: string; readonly subject: string | null },
): Promise<UserErasure> {
  if (user.name === "" && user.subject === null) return "nothing";
  await transaction.query(
    tenantId,
    transaction.builder
      .updateTable("users")
      .set({ name: "", subject: null })
      .where("tenant_id", "=", tenantId)
      .where("id", "=", user.id),
  );
  return "erased";
}

/** Moves the oldest days of somebody's usage to nobody's; false when there is none. */
async function moveUsage(transaction: Connection, tenantId: string, id: number): Promise<boolean> {
  const moved = await transaction.query(
    tenantId,
    transaction.builder
      .deleteFrom("usage_daily")
      .where("tenant_id", "=", tenantId)
      .where("user_id", "=", id)
      .where("day", "in", (days) =>
        days
          .selectFrom("usage_daily")
          .select("day")
          .distinct()
          .where("tenant_id", "=", tenantId)
          .where("user_id", "=", id)
          .orderBy("day")
          .limit(DAYS_AT_ONCE),
      )
      .returningAll(),
  );
  if (moved.length === 0) return false;
  await transaction.query(
    tenantId,
    transaction.builder
      .insertInto("usage_daily")
      .values(moved.map((row) => ({ ...row, user_id: NOBODY })))
      .onConflict((conflict) =>
        conflict
          .columns(["tenant_id", "day", "label", "user_id", "model", "slot"])
          .doUpdateSet((set) => {
            const sum = (column: (typeof FIGURES)[number]) =>
              set(`usage_daily.${column}`, "+", set.ref(`excluded.${column}`));
            return Object.fromEntries(FIGURES.map((column) => [column, sum(column)]));
          }),
      ),
  );
  return true;
}

const FIGURES = [
  "conversations",
  "turns",
  "failed_turns",
  "input_tokens",
  "output_tokens",
  "cost",
] as const;
