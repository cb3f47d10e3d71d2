import type { Context, TurnEvent } from "@orcha/contract";
import type { Database } from "../db/database.ts";
import { Answer } from "./answer.ts";
import { getEndedTurn } from "./ended-turn-store.ts";
import type { OpenedTurn } from "./opened-turn.ts";

/** The events of a turn that ended before, from what was stored: no model is asked. */
export async function* tellAgain(
  database: Database,
  tenantId: string,
  turn: OpenedTurn,
): AsyncGenerator<TurnEvent, void> {
  const { turnId, conversationId, messageId } = turn;
  const ended = await getEndedTurn(database.reader, tenantId, turn);
  const answer = new Answer(conversationId);
  yield {
    event: "turn-start",
    data: { turn_id: turnId, conversation_id: conversationId, message_id: messageId },
  };
  if (ended.contexts !== null) {
    const contexts: Context[] = JSON.parse(ended.contexts);
    answer.contexts = contexts;
    yield { event: "contexts", data: { contexts } };
  }
  if (ended.text !== "") {
    yield { event: "text-delta", data: { text: answer.append(ended.text) } };
  }
  yield ended.errorCode ? answer.turnError(ended.errorCode) : answer.turnEnd(ended);
}
