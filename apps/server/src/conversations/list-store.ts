import type { SelectQueryBuilder } from "kysely";
import type { Connection } from "../db/database.ts";
import type { ConversationTable, Schema } from "../db/schema.ts";

/** Which conversations are meant; what is undefined does not matter. Times are of the last activity. */
export interface ConversationFilter {
  readonly label: string | undefined;
  readonly userId: number | undefined;
  readonly from: number | undefined;
  /** Exclusive. */
  readonly to: number | undefined;
}

/** A conversation without what was said in it. */
export type ConversationHead = Pick<
  ConversationTable,
  | "id"
  | "label"
  | "user_id"
  | "user_verified"
  | "owner"
  | "created_at"
  | "updated_at"
  | "next_position"
  | "title"
>;

const HEAD = [
  "id",
  "label",
  "user_id",
  "user_verified",
  "owner",
  "created_at",
  "updated_at",
  "next_position",
  "title",
] as const;

/** A place in the list, newest first: what comes after it is older. */
export interface ListPlace {
  readonly updatedAt: number;
  readonly id: number;
}

/** The newest conversations after a place. */
export async function readNewest(
  reader: Connection,
  tenantId: string,
  filter: ConversationFilter,
  after: ListPlace | undefined,
  limit: number,
): Promise<ConversationHead[]> {
  let query = narrowed(
    reader.builder.selectFrom("conversations").select(HEAD).where("tenant_id", "=", tenantId),
    filter,
  );
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

function narrowed<R>(
  query: SelectQueryBuilder<Schema, "conversations", R>,
  { label, userId, from, to }: ConversationFilter,
): SelectQueryBuilder<Schema, "conversations", R> {
  return (
    query
      .$if(label !== undefined, (some) => some.where("label", "=", String(label)))
      // The index of labels holds these only; the engine must be told that it suffices.
      .$if(Boolean(label), (some) => some.where("label", "<>", ""))
      .$if(userId !== undefined, (some) => some.where("user_id", "=", Number(userId)))
      .$if(from !== undefined, (some) => some.where("updated_at", ">=", Number(from)))
      .$if(to !== undefined, (some) => some.where("updated_at", "<", Number(to)))
  );
}

/** All conversations of a tenant, by id, a window at a time: however little a filter lets through, no query takes long. */
export async function readWindow(
  reader: Connection,
  tenantId: string,
  afterId: number,
  limit: number,
): Promise<ConversationHead[]> {
  return reader.query(
    tenantId,
    reader.builder
      .selectFrom("conversations")
      .select(HEAD)
      .where("tenant_id", "=", tenantId)
      .where("id", ">", afterId)
      .orderBy("id")
      .limit(limit),
  );
}

/** The same conditions for a conversation that was read without them. */
export function isMeant(head: ConversationHead, filter: ConversationFilter): boolean {
  const { label, userId, from, to } = filter;
  return (
    (label === undefined || head.label === label) &&
    (userId === undefined || head.user_id === userId) &&
    (from === undefined || head.updated_at >= from) &&
    (to === undefined || head.updated_at < to)
  );
}

/** One conversation; undefined for one that does not exist, or not under the label. */
export async function findHead(
  reader: Connection,
  tenantId: string,
  id: number,
  label: string | undefined,
): Promise<ConversationHead | undefined> {
  const [head] = await reader.query(
    tenantId,
    reader.builder
      .selectFrom("conversations")
      .select(HEAD)
      .where("tenant_id", "=", tenantId)
      .where("id", "=", id)
      .$if(label !== undefined, (some) => some.where("label", "=", String(label))),
  );
  return head;
}

/** A conversation as the wire names it, without what was said in it. */
export function toWire(head: ConversationHead) {
  return {
    id: head.id,
    label: head.label,
    user_id: head.user_id,
    user_verified: head.user_verified === 1,
    owner: head.owner,
    title: head.title,
    created_at: new Date(head.created_at).toISOString(),
    updated_at: new Date(head.updated_at).toISOString(),
  };
}
