import type { ListedConversation } from "@orcha/contract";
import { type ExpressionBuilder, sql } from "kysely";
import type { Connection } from "../db/database.ts";
import type { ConversationTable, Schema } from "../db/schema.ts";
import { type ConversationHead, toWire } from "./list-store.ts";

const SHOWN_CHARS = 200;

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
