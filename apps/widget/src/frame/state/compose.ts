import { say } from "../i18n/words.ts";
import type { ChatDeps } from "./chat.ts";
import type { OutgoingMessage, QueuedMessage } from "./message.ts";
import type { Failure, Turn } from "./turn.ts";

const RESEND_WITHIN_MS = 3_600_000;

/** A message as it was written, with the key that makes it one message however often it is sent. */
export function write({ createKey }: Pick<ChatDeps, "createKey">, text: string): QueuedMessage {
  return { text: text.trim(), idempotencyKey: createKey(), at: Date.now() };
}

/** The message as it goes to the conversation on screen. */
export function compose(
  { store, options }: Pick<ChatDeps, "store" | "options">,
  written: QueuedMessage,
  replaceMessageId?: number,
): OutgoingMessage {
  const conversationId = store.conversation();
  return {
    ...written,
    conversationId,
    replaceMessageId: conversationId ? replaceMessageId : undefined,
    useRag: options().useRag ?? true,
  };
}

/** False for what a tab that the browser brings back days later must not say for its visitor. */
export function isFresh({ at }: Pick<QueuedMessage, "at">): boolean {
  return Date.now() - at < RESEND_WITHIN_MS;
}

/** What is shown of a message that is not fresh any more. */
export function unsent(): Failure {
  return { code: "unsent", message: say("unsent"), retryable: true };
}

/** Whether the transcript holds the turn of an unsent message already: as what it replaces, or as what is being answered. */
export function isThere(message: OutgoingMessage, { id, phase, question }: Turn): boolean {
  if (id && id === message.replaceMessageId) return true;
  return phase === "waiting" && question === message.text;
}
