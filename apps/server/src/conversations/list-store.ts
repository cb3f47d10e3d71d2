import type { ListedConversation } from "@orcha/contract";
import { type ExpressionBuilder, type SelectQueryBuilder, sql } from "kysely";
import type { Connection } from "../db/database.ts";
import type { ConversationTable, Schema } from "../db/schema.ts";

const SHOWN_CHARS = 200;

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
  "id" | "label" | "user_id" | "user_verified" | "owner" | "created_at" | "updated_at"
>;

const HEAD = [
  "id",
  "label",
  "user_id",
  "user_verified",
  "owner",
  "created_at",
  "updated_at",
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

/** Adds how much was said, and the last of it. */
export async function describeConversations(
  reader: Connection,
  tenantId: string,
  heads: readonly ConversationHead[],
): Promise<ListedConversation[]> {
  if (heads.length === 0) return [];
  const ids = heads.map(({ id }) => id);
  const rows = await reader.query(
    tenantId,
    reader.builder
      .selectFrom("conversations as c")
      .select((select) => [
        "c.id",
        messagesOf(select)
          .select((count) => count.fn.countAll<number>().as("n"))
          .as("messages"),
        lastMessage(select).select("m.role").as("last_role"),
        lastMessage(select)
          .select(sql<string>`substr(m.text, 1, ${sql.lit(SHOWN_CHARS)})`.as("start"))
          .as("last_text"),
        tokensOf(select, "input_tokens").as("input_tokens"),
        tokensOf(select, "output_tokens").as("output_tokens"),
      ])
      .where("c.tenant_id", "=", tenantId)
      .where("c.id", "in", ids),
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return heads.flatMap((head) => {
    const row = byId.get(head.id);
    if (!row) return []; // erased meanwhile
    const { last_role: role, last_text: text } = row;
    return [
      {
        ...toWire(head),
        messages: Number(row.messages),
        last_message: role === null || text === null ? null : { role, text },
        input_tokens: Number(row.input_tokens),
        output_tokens: Number(row.output_tokens),
      },
    ];
  });
}

type OfConversation = ExpressionBuilder<Schema & { c: ConversationTable }, "c">;

function messagesOf(select: OfConversation) {
  return select
    .selectFrom("messages as m")
    .whereRef("m.tenant_id", "=", "c.tenant_id")
    .whereRef("m.conversation_id", "=", "c.id");
}

function lastMessage(select: OfConversation) {
  return messagesOf(select).orderBy("m.position", "desc").limit(1);
}

function tokensOf(select: OfConversation, column: "input_tokens" | "output_tokens") {
  return select
    .selectFrom("turns as t")
    .whereRef("t.tenant_id", "=", "c.tenant_id")
    .whereRef("t.conversation_id", "=", "c.id")
    .select((sum) => sum.fn.coalesce(sum.fn.sum<number>(`t.${column}`), sum.lit(0)).as("n"));
}

/** A conversation as the wire names it, without what was said in it. */
export function toWire(head: ConversationHead) {
  return {
    id: head.id,
    label: head.label,
    user_id: head.user_id,
    user_verified: head.user_verified === 1,
    owner: head.owner,
    created_at: new Date(head.created_at).toISOString(),
    updated_at: new Date(head.updated_at).toISOString(),
  };
}
