import { type Connection, defineSteps, step } from "../../db/database.ts";
import { statement } from "../../db/statement.ts";

const selectUserOfSubject = statement<{ tenantId: string; subject: string }>()((db, p) =>
  db
    .selectFrom("users")
    .select("id")
    .where("tenant_id", "=", p("tenantId"))
    .where("subject", "=", p("subject")),
);

const insertUserOfSubject = statement<{
  tenantId: string;
  id: number;
  subject: string;
  now: number;
}>()((db, p) =>
  db
    .insertInto("users")
    .values({
      tenant_id: p("tenantId"),
      id: p("id"),
      name: "",
      subject: p("subject"),
      created_at: p("now"),
    })
    .onConflict((conflict) => conflict.doNothing()),
);

/** The user that a tenant's tokens name so; undefined when none was seen yet. */
export async function findUserOfSubject(
  reader: Connection,
  tenantId: string,
  subject: string,
): Promise<number | undefined> {
  const [row] = await reader.run(selectUserOfSubject, { tenantId, subject });
  return row?.id;
}

/** Adds a subject's user unless there is one, or another has the id. */
export const addUserOfSubject = defineSteps(
  "tenants.addUserOfSubject",
  (input: {
    readonly tenantId: string;
    readonly id: number;
    readonly subject: string;
    readonly now: number;
  }) => [step(insertUserOfSubject, input)],
);
