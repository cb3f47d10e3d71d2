import { createIdempotencyKey } from "./idempotency-key.ts";
import type { ConnectionOptions, MessageOptions } from "./options.ts";
import { request } from "./request.ts";

/** The message as a call that can be repeated: key and body are the same each time, so the server answers it once. */
export function prepareMessage(
  options: MessageOptions,
  accept?: string,
): (connection: ConnectionOptions) => Promise<Response> {
  const idempotencyKey = options.idempotencyKey || createIdempotencyKey();
  const body = JSON.stringify(chatBody(options));
  return (connection) => request(connection, "chat-v2", { accept, body, idempotencyKey });
}

/** The body of chat-v2; what the page did not say is left out. */
function chatBody(options: MessageOptions): Record<string, unknown> {
  return {
    text: options.text,
    conversation_id: options.conversationId ?? undefined,
    user_id: options.userId ?? undefined,
    tenant_id: options.tenantId ?? undefined,
    use_rag: options.useRag ?? undefined,
    replace_message_id: options.replaceMessageId ?? undefined,
    context: options.context ?? undefined,
  };
}
