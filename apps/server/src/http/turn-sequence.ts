import { OrchaError, type TurnEvent } from "@orcha/contract";
import type { Progress } from "../turns/follow-turn.ts";

const FIRST_TEXT = 10;

/**
 * The number of an event in its turn, given the length of the answer up to and with it: 1, 2, 10 + the length of the answer so far, and one more for the end. Any replica can
 * compute it from stored text.
 */
export function sequenceOf({ event, data }: TurnEvent, length: number): number {
  switch (event) {
    case "turn-start":
      return 1;
    case "contexts":
      return 2;
    case "text-delta":
    case "suggestions":
      return FIRST_TEXT + length;
    case "turn-end":
    case "turn-error":
      return FIRST_TEXT + data.data.text.length + 1;
  }
}

/**
 * The number in an event id of this turn; 0 for a reader that has none yet.
 * @throws OrchaError `invalid_request` for what is no id of an event of this turn
 */
export function parseEventId(id: string | undefined, turnId: number): number {
  if (id === undefined || id === "") return 0;
  const [, turn, sequence] = /^(\d{1,16}):(\d{1,9})$/.exec(id) ?? [];
  if (Number(turn) !== turnId) {
    throw new OrchaError(
      "invalid_request",
      "Last-Event-ID must be the id of an event of this turn.",
    );
  }
  return Number(sequence);
}

/** What a reader has after the event of this number; 0 for one that has nothing. */
export function progressAfter(sequence: number): Progress {
  return {
    hasStart: sequence >= 1,
    hasContexts: sequence >= 2,
    length: Math.max(0, sequence - FIRST_TEXT),
  };
}
