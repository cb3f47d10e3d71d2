import type { TurnEvent } from "@orcha/contract";
import { followTurn } from "./follow-turn.ts";
import type { ConnectionOptions } from "./options.ts";

/** Which turn, and from where on. */
export interface ResumeOptions extends ConnectionOptions {
  readonly turnId: number;
  /** `<turn_id>:<seq>` of the last event that was seen; absent gives the turn from its beginning. */
  readonly lastEventId?: string | undefined;
}

/**
 * Gives the events of a turn that was begun elsewhere, such as before a reload of the page, and follows it to its end;
 * gives nothing when the end was seen already. A lost connection is made again, as `streamOrchaMessage` does.
 * @throws OrchaClientError `not_found` for everybody but the conversation's owner; others when the stream is lost for good.
 * @example
 * for await (const { event, data } of resumeOrchaTurn({ turnId: 5, visitor })) {
 *   if (event === "turn-end") console.log(data.data.text);
 * }
 */
export function resumeOrchaTurn(
  options: ResumeOptions,
): AsyncGenerator<TurnEvent, void, undefined> {
  return followTurn(options, { turnId: options.turnId, lastEventId: options.lastEventId });
}
