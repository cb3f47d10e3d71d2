import { sql } from "kysely";
import type { Connection } from "../db/database.ts";
import type { ConversationTable } from "../db/schema.ts";
import type { ListPlace } from "./list-store.ts";

/** Of the first message, as much as a title can show. */
const SHOWN_CHARS = 400;

/** Whose it is, or will be when the secret comes back: word by word as the index has it. */
const HOLDER = sql<string>`(case when owner is null then offered_owner else owner end)`;

/** A conversation in the list of its owner. */
export type OwnHead = Pick<ConversationTable, "id" | "title" | "created_at" | "updated_at">;

/** The newest conversations after a place that somebody owns under a label, or will once the secret comes back. */
export async function readOwnNewest(
  reader: Connection,
  { tenantId, label, owner }: { tenantId: string; label: string; owner: string },
  after: ListPlace | undefined,
  limit: number,
): Promise<OwnHead[]> {
  let query = reader.builder
    .selectFrom("conversations")
    .select(["id", "title", "created_at", "updated_at"])
    .where("tenant_id", "=", tenantId)
    .where(HOLDER, "=", owner)
    .where("label", "=", label);
  if (after) {
    query = query.where((where) =>
      where(where.refTuple("updated_at", "id"), "<", where.tuple(after.updatedAt, after.id)),
    );
  }
  return reader.query(
    tenantId,
    query.orderBy("updated_at", "desc").orderBy("id", "desc").limit(limit),
  );
}

/** One conversation as the list shows it; undefined for one that was erased meanwhile. */
export async function findOwnHead(
  reader: Connection,
  tenantId: string,
  id: number,
): Promise<OwnHead | undefined> {
  const [head] = await reader.query(
    tenantId,
    reader.builder
      .selectFrom("conversations")
      .select(["id", "title", "created_at", "updated_at"])
      .where("tenant_id", "=", tenantId)
      .where("id", "=", id),
  );
  return head;
}

/** How some conversations begin: what their visitor said first, when no other turn took its place. */
export async function readBeginnings(
  reader: Connection,
  tenantId: string,
  ids: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  if (ids.length === 0) return new Map();
  const rows = await reader.query(
    tenantId,
    reader.builder
      .selectFrom("conversations as c")
      .select((select) => [
        "c.id",
        select
          .selectFrom("messages as m")
          .innerJoin("turns as t", (join) =>
            join.onRef("t.tenant_id", "=", "m.tenant_id").onRef("t.id", "=", "m.turn_id"),
          )
          .whereRef("m.tenant_id", "=", "c.tenant_id")
          .whereRef("m.conversation_id", "=", "c.id")
          .where("m.role", "=", "visitor")
          .where("t.replaced", "=", 0)
          .orderBy("m.position")
          .limit(1)
          .select(sql<string>`substr(m.text, 1, ${sql.lit(SHOWN_CHARS)})`.as("start"))
          .as("start"),
      ])
      .where("c.tenant_id", "=", tenantId)
      .where("c.id", "in", ids),
  );
  return new Map(rows.map(({ id, start }) => [id, start ?? ""]));
}
