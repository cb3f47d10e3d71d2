import { statement } from "../db/statement.ts";

export const insertMessage = statement<{
  tenantId: string;
  id: number;
  conversationId: number;
  turnId: number;
  position: number;
  role: "visitor" | "assistant";
  text: string;
  contexts: string | null;
  now: number;
}>()((db, p) =>
  db.insertInto("messages").values({
    tenant_id: p("tenantId"),
    id: p("id"),
    conversation_id: p("conversationId"),
    turn_id: p("turnId"),
    position: p("position"),
    role: p("role"),
    text: p("text"),
    contexts: p("contexts"),
    created_at: p("now"),
  }),
);
