import * as z from "zod";
import { contextSchema, idSchema } from "./chat.ts";
import { feedbackSchema, messageSchema } from "./conversations.ts";

const time = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);

/** Which conversations an operator asks for. Days and times are UTC unless they say otherwise. */
export const conversationFilterSchema = z.object({
  label: z.string().max(100).optional().meta({
    description: "Those of one unregistered tenant_id; empty for those without one.",
  }),
  user_id: idSchema.optional(),
  from: time.optional().meta({ description: "Last active at this time or later." }),
  to: time.optional().meta({ description: "Last active before this time." }),
  q: z.string().trim().min(2).max(200).optional().meta({
    description:
      "What somebody wrote or was answered. Letters of ASCII match in any case, others as typed, in lower case, in upper case and with an initial capital.",
  }),
});
export type ConversationFilter = z.output<typeof conversationFilterSchema>;

/** A conversation as a list shows it to an operator. */
export const listedConversationSchema = z.object({
  id: z.int(),
  label: z.string(),
  user_id: z.int(),
  user_verified: z.boolean().meta({
    description: "False when the page only named the user.",
  }),
  owner: z.string().nullable().meta({
    description: "`visitor:<hash>` or `user:<id>`; null until somebody owns it.",
  }),
  title: z.string().nullable().meta({
    description: "What its visitor calls it; null when the visitor gave no title.",
  }),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
  messages: z.int(),
  last_message: z
    .object({ role: z.enum(["visitor", "assistant"]), text: z.string() })
    .nullable()
    .meta({ description: "Its first 200 characters." }),
  input_tokens: z.int(),
  output_tokens: z.int(),
});
export type ListedConversation = z.output<typeof listedConversationSchema>;

/** Newest first. With `q` a page may hold few conversations, or none, and still lead on. */
export const conversationPageSchema = z.object({
  data: z.array(listedConversationSchema),
  next_cursor: z.string().nullable(),
});
export type ConversationPage = z.output<typeof conversationPageSchema>;

/** A message as an operator reads it: also those that were replaced. */
export const recordedMessageSchema = messageSchema.extend({
  replaced: z.boolean().meta({
    description: "True once another turn took its place: its visitor sees it no more.",
  }),
});
export type RecordedMessage = z.output<typeof recordedMessageSchema>;

/** A conversation and a page of its messages in reading order; `next_cursor` leads to what came earlier. */
export const conversationDetailSchema = z.object({
  conversation: listedConversationSchema,
  data: z.array(recordedMessageSchema),
  next_cursor: z.string().nullable(),
});
export type ConversationDetail = z.output<typeof conversationDetailSchema>;

/** One question and its answer, with everything that is kept about them. */
export const turnRecordSchema = messageSchema.pick({ status: true, error: true }).extend({
  id: z.int(),
  created_at: z.iso.datetime(),
  ended_at: z.iso.datetime().nullable(),
  finish_reason: z.string().nullable(),
  model: z.string().nullable(),
  input_tokens: z.int(),
  output_tokens: z.int(),
  cost: z.number().meta({ description: "In the installation's currency." }),
  first_token_ms: z.int().nullable(),
  total_ms: z.int().nullable(),
  replaces_turn_id: z.int().nullable(),
  replaced: z.boolean(),
  messages: z.array(
    z.object({
      id: z.int(),
      role: z.enum(["visitor", "assistant"]),
      text: z.string(),
      contexts: z.array(contextSchema).optional(),
      created_at: z.iso.datetime(),
      feedback: feedbackSchema
        .extend({ given_at: z.iso.datetime() })
        .optional()
        .meta({ description: "On answers about which the visitor said something." }),
    }),
  ),
  partial_text: z.string().nullable().meta({
    description: "What a running turn has said so far, else null.",
  }),
  idempotency_keys: z.array(z.object({ key: z.string(), created_at: z.iso.datetime() })),
});
export type TurnRecord = z.output<typeof turnRecordSchema>;

/** A conversation with everything in it: a line of the operator's export, and a part of a person's. */
export const conversationRecordSchema = listedConversationSchema
  .omit({ messages: true, last_message: true, input_tokens: true, output_tokens: true })
  .extend({ turns: z.array(turnRecordSchema) });
export type ConversationRecord = z.output<typeof conversationRecordSchema>;
