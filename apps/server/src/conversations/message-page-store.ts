import { type Context, ERRORS, type Feedback, type Message } from "@orcha/contract";
import type { Connection } from "../db/database.ts";
import { statement } from "../db/statement.ts";
import { errorCodeOf } from "./error-code.ts";

/** Positions are 32-bit integers in PostgreSQL. */
export const MAX_POSITION = 2 ** 31 - 1;

const selectMessages = statement<{
  tenantId: string;
  conversationId: number;
  before: number;
  mostReplaced: number;
  limit: number;
}>()((db, p) =>
  db
    .selectFrom("messages")
    .innerJoin("turns", (join) =>
      join
        .onRef("turns.tenant_id", "=", "messages.tenant_id")
        .onRef("turns.id", "=", "messages.turn_id"),
    )
    .leftJoin("feedback", (join) =>
      join
        .onRef("feedback.tenant_id", "=", "messages.tenant_id")
        .onRef("feedback.message_id", "=", "messages.id"),
    )
    .select([
      "messages.id",
      "messages.turn_id",
      "messages.position",
      "messages.role",
      "messages.text",
      "messages.contexts",
      "messages.created_at",
      "turns.state",
      "turns.error_code",
      "turns.replaced",
      "feedback.rating",
      "feedback.comment",
    ])
    .where("messages.tenant_id", "=", p("tenantId"))
    .where("messages.conversation_id", "=", p("conversationId"))
    .where("messages.position", "<", p("before"))
    .where("turns.replaced", "<=", p("mostReplaced"))
    .orderBy("messages.position", "desc")
    .limit(p("limit")),
);

export interface MessagePageRequest {
  readonly tenantId: string;
  readonly conversationId: number;
  /** The position to read before; undefined reads the latest. */
  readonly before: number | undefined;
  readonly limit: number;
}

/** A message, and whether another turn took the place of its own. */
export type RecordRow = Message & { readonly replaced: boolean };

/** Messages in reading order, and the position to read on before; undefined at the beginning. */
export interface MessageRows {
  readonly messages: readonly RecordRow[];
  readonly before: number | undefined;
}

/**
 * Reads one page of a conversation.
 *
 * @param replaced whether messages whose turn was replaced are shown, too
 */
export async function readMessagePage(
  reader: Connection,
  { tenantId, conversationId, before, limit }: MessagePageRequest,
  replaced: "hidden" | "shown",
): Promise<MessageRows> {
  const rows = await reader.run(selectMessages, {
    tenantId,
    conversationId,
    before: before ?? MAX_POSITION,
    mostReplaced: replaced === "shown" ? 1 : 0,
    limit: limit + 1,
  });
  const shown = rows.slice(0, limit);
  const earliest = shown.at(-1)?.position;
  return {
    messages: shown.reverse().map((row) => ({ ...toMessage(row), replaced: row.replaced === 1 })),
    before: rows.length > limit ? earliest : undefined,
  };
}

interface MessageRow {
  readonly id: number;
  readonly turn_id: number;
  readonly role: "visitor" | "assistant";
  readonly text: string;
  readonly contexts: string | null;
  readonly created_at: number;
  readonly state: Message["status"];
  readonly error_code: string | null;
  readonly rating: Feedback["rating"] | null;
  readonly comment: string | null;
}

function toMessage(row: MessageRow): Message {
  const contexts: Context[] | undefined = row.contexts ? JSON.parse(row.contexts) : undefined;
  return {
    id: row.id,
    turn_id: row.turn_id,
    role: row.role,
    text: row.text,
    created_at: new Date(row.created_at).toISOString(),
    status: row.state,
    error: row.error_code === null ? null : toError(row.error_code),
    ...(contexts && { contexts }),
    ...(row.role === "assistant" && { feedback: toFeedback(row) }),
  };
}

function toFeedback({ rating, comment }: MessageRow): Feedback | null {
  return rating === null ? null : { rating, comment };
}

/** A stored error code as it is told. */
export function toError(stored: string): NonNullable<Message["error"]> {
  const code = errorCodeOf(stored);
  return { code, message: ERRORS[code].message, retryable: ERRORS[code].retryable };
}
