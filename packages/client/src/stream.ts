import type { TurnEvent } from "@orcha/contract";
import { followTurn } from "./follow-turn.ts";
import type { MessageOptions } from "./options.ts";
import { prepareMessage } from "./prepare-message.ts";
import { EVENT_STREAM } from "./read-events.ts";

/**
 * Sends one message and gives the events of its turn as they arrive; the last one is `turn-end` or `turn-error`. A lost
 * connection is made again, and the stream goes on where it was cut. Another `turn-start` says that the answer begins
 * anew: forget what came before it. The text of `turn-end` always replaces what was streamed.
 * @throws OrchaClientError when the turn does not start, and when its stream is lost for good.
 * @example
 * let answer = "";
 * for await (const { event, data } of streamOrchaMessage({ text: "Hello" })) {
 *   if (event === "turn-start") answer = "";
 *   if (event === "text-delta") answer += data.text;
 *   if (event === "turn-end") answer = data.data.text;
 * }
 */
export function streamOrchaMessage(
  options: MessageOptions,
): AsyncGenerator<TurnEvent, void, undefined> {
  return followTurn(options, { send: prepareMessage(options, EVENT_STREAM) });
}
