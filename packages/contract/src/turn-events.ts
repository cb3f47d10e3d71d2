import * as z from "zod";
import { chatDataSchema, contextSchema } from "./chat.ts";
import { ERRORS, type ErrorCode } from "./errors.ts";

export const usageSchema = z.object({ input_tokens: z.int(), output_tokens: z.int() });

export const finishReasonSchema = z.enum(["stop", "length", "content_filter", "stopped", "cut"]);
/** Why the answer ended: by itself, at the token cap, by the provider's filter, by the visitor, or by a fault. */
export type FinishReason = z.output<typeof finishReasonSchema>;

export const turnStartSchema = z.object({
  turn_id: z.int().meta({ description: "The turn; the visitor's message has the same id." }),
  conversation_id: z.int(),
  message_id: z.int().meta({ description: "The id the answer will have once it is stored." }),
});
export const contextsEventSchema = z.object({ contexts: z.array(contextSchema) });
export const textDeltaSchema = z.object({ text: z.string() });
export const suggestionsEventSchema = z.object({
  suggestions: z.array(z.string()).meta({ description: "1 to 3, of at most 80 characters each." }),
});
export const turnEndSchema = z.object({
  success: z.literal(true),
  message: z.literal(""),
  data: chatDataSchema,
  usage: usageSchema,
  model: z.string(),
  finish_reason: finishReasonSchema,
  sha256: z.string().meta({ description: "Of the UTF-8 of data.text, in lower-case hex." }),
});
export const turnErrorSchema = z.object({
  success: z.literal(false),
  message: z.string(),
  data: chatDataSchema,
  code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
  retryable: z.boolean(),
});

/**
 * The events of a turn as the stream carries them, in order: start, contexts when retrieval ran, deltas, suggestions where the
 * tenant wants them and there are some, one end.
 */
export const TURN_EVENTS = {
  "turn-start": turnStartSchema,
  contexts: contextsEventSchema,
  "text-delta": textDeltaSchema,
  suggestions: suggestionsEventSchema,
  "turn-end": turnEndSchema,
  "turn-error": turnErrorSchema,
} as const;

export type TurnEventName = keyof typeof TURN_EVENTS;
export type TurnEventData<Name extends TurnEventName> = z.output<(typeof TURN_EVENTS)[Name]>;

/** One event of a turn: `{ event, data }`, discriminated by `event`. */
export type TurnEvent = {
  [Name in TurnEventName]: { readonly event: Name; readonly data: TurnEventData<Name> };
}[TurnEventName];
