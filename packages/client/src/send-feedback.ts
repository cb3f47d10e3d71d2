import type { FeedbackResponse } from "@orcha/contract";
import type { ConnectionOptions } from "./options.ts";
import { type JsonObject, readAnswer, unreadable } from "./read-answer.ts";
import { request, tenantQuery } from "./request.ts";
import { repeat } from "./retry.ts";

/** What the visitor thinks of an answer; it takes the place of what was sent before. */
export interface SendFeedbackOptions extends ConnectionOptions {
  /** The answer's, as `turn-start` and the transcript tell it. */
  readonly messageId: number;
  /** null takes the feedback back. */
  readonly rating: "up" | "down" | null;
  /** At most 2,000 characters. */
  readonly comment?: string | null | undefined;
}

/**
 * Keeps what the visitor thinks of an answer in a conversation of their own.
 * @throws OrchaClientError `not_found` for everybody but its owner.
 */
export function sendFeedback(options: SendFeedbackOptions): Promise<FeedbackResponse> {
  const path = `messages/${options.messageId}/feedback${tenantQuery(options)}`;
  const body = JSON.stringify({ rating: options.rating, comment: options.comment ?? null });
  return repeat(options, async () => {
    const response = await request(options, path, { body });
    return feedbackOf(await readAnswer(response, options.signal), response);
  });
}

// The members are vouched for by the server's own schema; only that it is about a message is looked at.
function feedbackOf(body: JsonObject, response: Response): FeedbackResponse {
  if (typeof body.message_id !== "number") throw unreadable(response);
  return body as unknown as FeedbackResponse;
}
