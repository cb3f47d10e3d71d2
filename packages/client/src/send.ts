import type { Answer, MessageOptions } from "./options.ts";
import { prepareMessage } from "./prepare-message.ts";
import { isObject, readAnswer, unreadable } from "./read-answer.ts";
import { rememberVisitor } from "./request.ts";
import { repeat } from "./retry.ts";

/**
 * Sends one message and resolves with the whole answer. What a lost connection swallowed is asked for again, and is
 * answered only once.
 * @throws OrchaClientError when it is not answered.
 * @example
 * const first = await sendOrchaMessage({ text: "Hello", apiBaseUrl: "https://chat.example.com" });
 * await sendOrchaMessage({ text: "And then?", conversationId: first.conversation_id, apiBaseUrl: "https://chat.example.com" });
 */
export async function sendOrchaMessage(options: MessageOptions): Promise<Answer> {
  const connection = rememberVisitor(options);
  const send = prepareMessage(options);
  return repeat(options, async () => readMessage(await send(connection), options.signal));
}

async function readMessage(response: Response, signal: AbortSignal | undefined): Promise<Answer> {
  const body = await readAnswer(response, signal);
  if (!isObject(body.data) || typeof body.data.text !== "string") throw unreadable(response);
  return answerOf(body.data);
}

// The server's own schema vouches for the members; a client without dependencies does not check them twice.
function answerOf(data: object): Answer {
  return data as Answer;
}
