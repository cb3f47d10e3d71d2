import {
  API_PATH,
  type Feedback,
  type FeedbackResponse,
  feedbackRequestSchema,
  MAX_COMMENT_CHARS,
  OrchaError,
} from "@orcha/contract";
import { accessOf } from "../../conversations/access.ts";
import { findOwnMessage, keepFeedback } from "../../conversations/feedback-store.ts";
import { settleOwner } from "../../conversations/owner-store.ts";
import { cleanText } from "../../turns/clean-text.ts";
import { ownerClaim } from "../access/caller.ts";
import type { Admission, VisitorRoute } from "../access/route.ts";
import type { RequestContext } from "../context.ts";
import { messageParameter, userParameter } from "../parameters.ts";
import { parseFields } from "../parse-fields.ts";
import { readJsonObject } from "../read-json.ts";
import { sendJson } from "../send.ts";
import type { ConversationsDeps } from "./conversations.ts";

/** What visitors think of answers. */
export function feedbackRoutes(deps: ConversationsDeps): readonly VisitorRoute[] {
  return [
    {
      method: "POST",
      path: `${API_PATH}/messages/:id/feedback`,
      policy: { for: "visitors", tenantIn: "query" },
      handle: (c, admission) => giveFeedback(c, deps, admission),
    },
  ];
}

async function giveFeedback(
  c: RequestContext,
  { database, defaultUserId, now }: ConversationsDeps,
  admission: Admission,
): Promise<Response> {
  const feedback = parseFeedback(await readJsonObject(c));
  const tenantId = admission.tenant.id;
  const messageId = messageParameter(c);
  const claim = ownerClaim(admission, userParameter(c) ?? defaultUserId);
  const message = await findOwnMessage(database.reader, tenantId, messageId, claim);
  const access = accessOf(message, claim, now());
  if (!message || claim.owner === null || access === "none") throw new OrchaError("not_found");
  if (message.role !== "assistant") {
    throw new OrchaError("invalid_request", "Feedback is about answers only.");
  }

  const conversationId = message.conversation_id;
  await settleOwner(database, { tenantId, id: conversationId }, access, claim);
  const answer = { tenantId, conversationId, messageId, owner: claim.owner };
  if (!(await database.write(keepFeedback, { ...answer, feedback, now: now() })))
    throw new OrchaError("not_found");
  const { rating, comment } = feedback ?? { rating: null, comment: null };
  return sendJson(c, 200, { message_id: messageId, rating, comment } satisfies FeedbackResponse);
}

/** Null for what takes it back. */
function parseFeedback(body: unknown): Feedback | null {
  const { rating, comment } = parseFields(feedbackRequestSchema, body);
  const text = cleanText(comment ?? "").trim();
  if ([...text].length > MAX_COMMENT_CHARS) {
    throw new OrchaError(
      "invalid_request",
      `comment must be at most ${MAX_COMMENT_CHARS} characters.`,
    );
  }
  return rating === null ? null : { rating, comment: text === "" ? null : text };
}
