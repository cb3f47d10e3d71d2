import type { Message } from "@orcha/contract";
import type { Connection } from "../db/database.ts";
import { statement } from "../db/statement.ts";
import type { Access, Claim } from "./access.ts";
import { readMessagePage } from "./message-page-store.ts";
import { findOwnAccess } from "./own-access.ts";

/** One message of a conversation's record that the model may be shown. */
export interface HistoryMessage {
  readonly role: "visitor" | "assistant";
  readonly text: string;
}

const selectHistory = statement<{
  tenantId: string;
  conversationId: number;
  exceptTurnId: number;
  limit: number;
}>()((db, p) =>
  db
    .selectFrom("messages")
    .innerJoin("turns", (join) =>
      join
        .onRef("turns.tenant_id", "=", "messages.tenant_id")
        .onRef("turns.id", "=", "messages.turn_id"),
    )
    .select(["messages.role", "messages.text"])
    .where("messages.tenant_id", "=", p("tenantId"))
    .where("messages.conversation_id", "=", p("conversationId"))
    .where("turns.state", "in", ["done", "stopped"])
    .where("turns.replaced", "=", 0)
    .where("turns.id", "!=", p("exceptTurnId"))
    .orderBy("messages.position", "desc")
    .limit(p("limit")),
);

/**
 * The latest messages of answered turns, oldest first.
 *
 * @param exceptTurnId a turn that is about to be replaced
 */
export async function readHistory(
  reader: Connection,
  tenantId: string,
  conversationId: number,
  exceptTurnId: number | undefined,
  limit: number,
): Promise<HistoryMessage[]> {
  const values = { tenantId, conversationId, exceptTurnId: exceptTurnId ?? 0, limit };
  const rows = (await reader.run(selectHistory, values)).reverse();
  // A turn that was stopped before its first word has no answer; some models refuse two questions in a row.
  return rows.filter(({ role }, at) => role === "assistant" || rows[at + 1]?.role === "assistant");
}

/** One page of a transcript in reading order, and the position to read on before; undefined at the beginning. */
export interface TranscriptPage {
  /** How the reader came to it: `settleOwner` makes the most of it. */
  readonly access: Access;
  readonly messages: readonly Message[];
  readonly before: number | undefined;
}

/**
 * Reads a conversation back for its owner.
 * @throws OrchaError `conversation_not_found` for everybody else; an id alone never reads
 */
export async function readTranscript(
  reader: Connection,
  tenantId: string,
  conversationId: number,
  claim: Claim,
  page: { readonly before: number | undefined; readonly limit: number; readonly now: number },
): Promise<TranscriptPage> {
  const access = await findOwnAccess(reader, tenantId, conversationId, claim, page.now);
  const { messages, before } = await readMessagePage(
    reader,
    { tenantId, conversationId, before: page.before, limit: page.limit },
    "hidden",
  );
  return { access, messages: messages.map(({ replaced, ...message }) => message), before };
}
