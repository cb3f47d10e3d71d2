import * as z from "zod";
import { feedbackSchema } from "./conversations.ts";

/** Of a title that a visitor gives, in code points. */
export const MAX_TITLE_CHARS = 100;
/** Of what a visitor says about an answer, in code points. */
export const MAX_COMMENT_CHARS = 2000;
/** Of what a visitor looks for, in code points. */
export const MAX_SEARCH_CHARS = 200;

/** A conversation as a list shows it to its owner. */
export const ownConversationSchema = z.object({
  id: z.int(),
  title: z.string().meta({
    description:
      "What its visitor calls it, else the beginning of the first message: one line of at most 80 characters.",
  }),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime().meta({ description: "Of the last message." }),
});
export type OwnConversation = z.output<typeof ownConversationSchema>;

/** The caller's own conversations, newest activity first. With `q` a page may hold few, or none, and still lead on. */
export const ownConversationPageSchema = z.object({
  data: z.array(ownConversationSchema),
  next_cursor: z.string().nullable(),
});
export type OwnConversationPage = z.output<typeof ownConversationPageSchema>;

/** The body of `PATCH /api/v1/orcha/conversations/{id}`. */
export const conversationChangeSchema = z.object({
  title: z.string().nullable().meta({
    description: "1 to 100 characters after trimming; null gives the automatic title back.",
  }),
});

/** The body of `POST /api/v1/orcha/messages/{id}/feedback`; it takes the place of what was said before. */
export const feedbackRequestSchema = z.object({
  rating: feedbackSchema.shape.rating.nullable().meta({
    description: "null takes the feedback back.",
  }),
  comment: z.string().nullish().meta({ description: "At most 2,000 characters." }),
});

/** The answer of `POST /api/v1/orcha/messages/{id}/feedback`. */
export const feedbackResponseSchema = z.object({
  message_id: z.int(),
  rating: feedbackSchema.shape.rating.nullable(),
  comment: z.string().nullable(),
});
export type FeedbackResponse = z.output<typeof feedbackResponseSchema>;
