import type { Feedback } from "@orcha/contract";
import { type Connection, defineWrite } from "../db/database.ts";
import { lockRows } from "../db/lock-rows.ts";
import { statement } from "../db/statement.ts";
import type { Claim, Ownership } from "./access.ts";

type AnswerKey = { tenantId: string; messageId: number };

const selectAnswer = statement<
  AnswerKey & { label: string; owner: string | null; from: string | null }
>()((db, p) =>
  db
    .selectFrom("messages")
    .innerJoin("turns", (join) =>
      join
        .onRef("turns.tenant_id", "=", "messages.tenant_id")
        .onRef("turns.id", "=", "messages.turn_id"),
    )
    .innerJoin("conversations", (join) =>
      join
        .onRef("conversations.tenant_id", "=", "messages.tenant_id")
        .onRef("conversations.id", "=", "messages.conversation_id"),
    )
    .select([
      "messages.role",
      "messages.conversation_id",
      "conversations.label",
      "conversations.user_id",
      "conversations.owner",
      "conversations.offered_owner",
      "conversations.created_at",
    ])
    .where("messages.tenant_id", "=", p("tenantId"))
    .where("messages.id", "=", p("messageId"))
    .where("turns.replaced", "=", 0)
    .where("conversations.label", "=", p("label"))
    .where((where) =>
      where(where.fn.coalesce("conversations.owner", "conversations.offered_owner"), "in", [
        p("owner"),
        p("from"),
      ]),
    ),
);

/** A message that its owner can see, with what decides whose it is. */
export interface OwnMessage extends Ownership {
  readonly role: "visitor" | "assistant";
  readonly conversation_id: number;
}

/** Finds a message of the claimant's own; undefined for all others, and for those that another turn took the place of. */
export async function findOwnMessage(
  reader: Connection,
  tenantId: string,
  messageId: number,
  { label, owner, handsOver }: Claim,
): Promise<OwnMessage | undefined> {
  const from = handsOver?.from ?? null;
  const [message] = await reader.run(selectAnswer, { tenantId, messageId, label, owner, from });
  return message;
}

const deleteFeedback = statement<AnswerKey>()((db, p) =>
  db
    .deleteFrom("feedback")
    .where("tenant_id", "=", p("tenantId"))
    .where("message_id", "=", p("messageId")),
);

const upsertFeedback = statement<
  AnswerKey & { rating: Feedback["rating"]; comment: string | null; now: number }
>()((db, p) =>
  db
    .insertInto("feedback")
    .values({
      tenant_id: p("tenantId"),
      message_id: p("messageId"),
      rating: p("rating"),
      comment: p("comment"),
      given_at: p("now"),
    })
    .onConflict((conflict) =>
      conflict.columns(["tenant_id", "message_id"]).doUpdateSet((excluded) => ({
        rating: excluded.ref("excluded.rating"),
        comment: excluded.ref("excluded.comment"),
        given_at: excluded.ref("excluded.given_at"),
      })),
    ),
);

export interface GivenFeedback {
  readonly tenantId: string;
  readonly conversationId: number;
  readonly messageId: number;
  readonly owner: string;
  /** Null takes back what was given before. */
  readonly feedback: Feedback | null;
  readonly now: number;
}

/** Keeps what the owner of a conversation thinks of an answer in it, in place of what was given before; false when it is gone. */
export const keepFeedback = defineWrite(
  "conversations.keep-feedback",
  async (transaction, input: GivenFeedback): Promise<boolean> => {
    const { tenantId, messageId, feedback, now } = input;
    if (!(await holdAnswer(transaction, input))) return false;
    if (feedback === null) await transaction.change(deleteFeedback, { tenantId, messageId });
    else await transaction.change(upsertFeedback, { tenantId, messageId, ...feedback, now });
    return true;
  },
);

/** Holds the conversation, whose erasure waits meanwhile, and finds out whether the answer is still in it. */
async function holdAnswer(
  transaction: Connection,
  { tenantId, conversationId, messageId, owner }: GivenFeedback,
): Promise<boolean> {
  const conversation = transaction.builder
    .selectFrom("conversations")
    .select("id")
    .where("tenant_id", "=", tenantId)
    .where("id", "=", conversationId)
    .where("owner", "=", owner);
  const held = await transaction.query(tenantId, lockRows(transaction, conversation));
  if (held.length === 0) return false;
  const answers = await transaction.query(
    tenantId,
    transaction.builder
      .selectFrom("messages")
      .select("id")
      .where("tenant_id", "=", tenantId)
      .where("id", "=", messageId)
      .where("conversation_id", "=", conversationId)
      .where("role", "=", "assistant"),
  );
  return answers.length > 0;
}
