import type { MessageOptions, TurnEvent } from "@orcha/client";
import type { Signal } from "./signal.ts";
import { applyEvent, type Failure, failedTurn, type Turn } from "./turn.ts";

/** What sending needs from the outside. */
export interface SendDeps {
  stream(message: MessageOptions): AsyncIterable<TurnEvent>;
  /** The conversation to continue; undefined starts a new one. */
  conversation(): string | undefined;
  setConversation(id: number | undefined): void;
  /** Called with the whole answer so far. */
  tell(answer: string, complete: boolean): void;
  /** Looks for an answer whose stream broke; undefined when there is none to find. */
  recover(turnId: number): Promise<Turn | undefined>;
}

/**
 * Sends the turn's question and draws every event into it. A turn that has an id failed before: it is replaced, so that
 * the record holds the question once. Never throws: a failure is a state of the turn.
 */
export async function sendTurn(
  turn: Signal<Turn>,
  connection: Omit<MessageOptions, "text">,
  deps: SendDeps,
): Promise<void> {
  try {
    const conversationId = deps.conversation();
    const events = deps.stream({
      ...connection,
      text: turn.value.question,
      conversationId,
      replaceMessageId: conversationId ? turn.value.id : undefined,
    });
    for await (const event of events) {
      if (event.event === "turn-start") deps.setConversation(event.data.conversation_id);
      turn.value = applyEvent(turn.value, event);
      deps.tell(turn.value.answer, turn.value.phase === "done");
    }
  } catch (error) {
    if (connection.signal?.aborted) return;
    turn.value = await afterFailure(turn.value, failureOf(error), deps);
  }

  // The id may have expired on the server; the next attempt starts anew.
  if (turn.value.failure?.code === "conversation_not_found") deps.setConversation(undefined);
}

async function afterFailure(turn: Turn, failure: Failure, deps: SendDeps): Promise<Turn> {
  if (failure.code !== "network" || turn.id === undefined) return failedTurn(turn, failure);
  const recovered = await deps.recover(turn.id).catch(() => undefined);
  if (recovered?.phase === "done") deps.tell(recovered.answer, true);
  return recovered ?? failedTurn(turn, failure);
}

/** What went wrong in words for the visitor. */
export function failureOf(error: unknown): Failure {
  // Read by shape: the client may be another copy of the module than the one whose class would be compared.
  if (error instanceof Error && "code" in error && typeof error.code === "string") {
    return { code: error.code, message: error.message };
  }
  return { code: "internal", message: "Something went wrong. Please try again." };
}
