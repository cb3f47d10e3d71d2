import { OrchaClientError } from "./error.ts";
import type { Answer, MessageOptions } from "./options.ts";
import { isObject, readAnswer } from "./read-answer.ts";
import { request } from "./request.ts";

/**
 * Sends one message and resolves with the whole answer.
 * @throws OrchaClientError when it is not answered.
 * @example
 * const first = await sendOrchaMessage({ text: "Hello", apiBaseUrl: "https://chat.example.com" });
 * await sendOrchaMessage({ text: "And then?", conversationId: first.conversation_id, apiBaseUrl: "https://chat.example.com" });
 */
export async function sendOrchaMessage(options: MessageOptions): Promise<Answer> {
  const response = await request(options, "chat-v2", {
    json: chatBody(options),
    idempotencyKey: options.idempotencyKey,
  });
  const body = await readAnswer(response, options.signal);

  if (!isObject(body.data) || typeof body.data.text !== "string") {
    throw new OrchaClientError("internal", "The server's answer could not be read.", {
      status: response.status,
      requestId: response.headers.get("X-Request-Id"),
    });
  }
  return answerOf(body.data);
}

/** The body of chat-v2; what the page did not say is left out. */
export function chatBody(options: MessageOptions): Record<string, unknown> {
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

// The server's own schema vouches for the members; a client without dependencies does not check them twice.
function answerOf(data: object): Answer {
  return data as Answer;
}
