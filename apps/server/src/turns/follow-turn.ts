import type { Context, TurnEvent } from "@orcha/contract";
import type { OpenedTurn } from "./opened-turn.ts";

/** A turn as far as it has come. */
export interface TurnView {
  /** Undefined while retrieval has not run. */
  readonly contexts: readonly Context[] | undefined;
  readonly text: string;
  /** The last event, once the turn has ended and is stored. */
  readonly end: TurnEvent | undefined;
  /** What may be asked next; undefined until the turn has ended, and where its tenant wants none. */
  readonly suggestions?: readonly string[] | undefined;
}

/** Where a turn can be read while it grows: the process that runs it, or the record. */
export interface TurnSource {
  read(): TurnView | Promise<TurnView>;
  /** Waits until there may be more than was seen; false when nothing more will be told here. */
  next(seen: TurnView, signal: AbortSignal): Promise<boolean>;
}

/** How much of a turn its reader has; see `sequenceOf`. */
export interface Progress {
  readonly hasStart: boolean;
  readonly hasContexts: boolean;
  /** Of the answer, in UTF-16 units. */
  readonly length: number;
}

export const NOTHING: Progress = { hasStart: false, hasContexts: false, length: 0 };

/** Tells the events of a turn that its reader does not have yet, as they come, to the last one. */
export async function* followTurn(
  source: TurnSource,
  turn: OpenedTurn,
  has: Progress,
  signal: AbortSignal,
): AsyncGenerator<TurnEvent, void> {
  if (!has.hasStart) yield turnStart(turn);
  let { hasContexts, length } = has;
  for (;;) {
    const seen = await source.read();
    const { contexts, text, end } = seen;
    if (contexts && !hasContexts) {
      hasContexts = true;
      yield { event: "contexts", data: { contexts: [...contexts] } };
    }
    if (text.length > length) {
      const more = text.slice(length);
      length = text.length;
      yield { event: "text-delta", data: { text: more } };
    }
    if (end) {
      yield* suggestionsEvent(seen.suggestions);
      yield end;
      return;
    }
    if (!(await source.next(seen, signal))) return;
  }
}

/** Nothing for no suggestion. It has no place of its own in the sequence: who reads on behind the text is told it again. */
export function suggestionsEvent(suggestions: readonly string[] = []): TurnEvent[] {
  if (suggestions.length === 0) return [];
  return [{ event: "suggestions", data: { suggestions: [...suggestions] } }];
}

export function turnStart({ turnId, conversationId, messageId }: OpenedTurn): TurnEvent {
  return {
    event: "turn-start",
    data: { turn_id: turnId, conversation_id: conversationId, message_id: messageId },
  };
}
