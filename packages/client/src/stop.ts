import type { ConnectionOptions } from "./options.ts";
import { type JsonObject, readAnswer, unreadable } from "./read-answer.ts";
import { request, tenantQuery } from "./request.ts";
import { repeat } from "./retry.ts";

/** Which turn. */
export interface StopOptions extends ConnectionOptions {
  readonly turnId: number;
}

/** What became of the turn; `pending` when whoever runs it has not answered yet. */
export interface StoppedTurn {
  readonly turn_id: number;
  readonly status: "stopped" | "done" | "failed" | "pending";
}

/**
 * Stops a turn: no more is written, what was said so far is kept, and its stream ends with `finish_reason` `stopped`.
 * @throws OrchaClientError `not_found` for everybody but the conversation's owner.
 * @example
 * const { status } = await stopOrchaTurn({ turnId: 5, visitor });
 */
export function stopOrchaTurn(options: StopOptions): Promise<StoppedTurn> {
  const path = `turns/${options.turnId}/stop${tenantQuery(options)}`;
  return repeat(options, async () => {
    const response = await request(options, path, { body: "{}" });
    return stoppedOf(await readAnswer(response, options.signal), response);
  });
}

// The members are vouched for by the server's own schema; only that there is a status is looked at.
function stoppedOf(body: JsonObject, response: Response): StoppedTurn {
  if (typeof body.status !== "string") throw unreadable(response);
  return body as unknown as StoppedTurn;
}
