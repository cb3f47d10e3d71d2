import * as z from "zod";
import { contextSchema } from "./chat.ts";
import { ERRORS, type ErrorCode } from "./errors.ts";

const errorCodeSchema = z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]);

/** What a visitor thinks of an answer. */
export const feedbackSchema = z.object({
  rating: z.enum(["up", "down"]),
  comment: z.string().nullable(),
});
export type Feedback = z.output<typeof feedbackSchema>;

/** One message of a transcript, as its owner reads it back. */
export const messageSchema = z.object({
  id: z.int(),
  turn_id: z.int(),
  role: z.enum(["visitor", "assistant"]),
  text: z.string(),
  created_at: z.iso.datetime(),
  status: z.enum(["pending", "done", "stopped", "failed"]).meta({
    description: "Of its turn: being answered, answered, stopped by the visitor, or failed.",
  }),
  error: z
    .object({ code: errorCodeSchema, message: z.string(), retryable: z.boolean() })
    .nullable()
    .meta({ description: "Why the turn failed, else null." }),
  contexts: z.array(contextSchema).optional().meta({
    description: "On answers for which retrieval ran.",
  }),
  feedback: feedbackSchema.nullable().optional().meta({
    description: "On answers: what the visitor thinks of it, null for nothing yet.",
  }),
});
export type Message = z.output<typeof messageSchema>;

/** A page of a transcript in reading order; `next_cursor` leads to what came earlier. */
export const messagePageSchema = z.object({
  data: z.array(messageSchema),
  next_cursor: z.string().nullable(),
});
export type MessagePage = z.output<typeof messagePageSchema>;

/** The answer of `POST /api/v1/orcha/visitor`. */
export const visitorResponseSchema = z.object({
  visitor: z.string().meta({ description: "Send it back as the header X-Aura-Visitor." }),
});
export type VisitorResponse = z.output<typeof visitorResponseSchema>;

/** The answer of `POST /api/v1/orcha/turns/{id}/stop`. */
export const stopResponseSchema = z.object({
  turn_id: z.int(),
  status: z.enum(["pending", "done", "stopped", "failed"]).meta({
    description: "Its state now; `pending` when its process has not stopped it in time.",
  }),
});
export type StopResponse = z.output<typeof stopResponseSchema>;

/** Errors outside chat-v2, `application/problem+json` (RFC 9457). */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: errorCodeSchema,
  request_id: z.string(),
});
export type Problem = z.output<typeof problemSchema>;
