import * as z from "zod";

const MAX_ID = Number.MAX_SAFE_INTEGER;

/** An id as the wire carries it: a positive JSON integer, or its decimal string as sessionStorage returns it. */
export const idSchema = z.union([
  z.int().min(1).max(MAX_ID),
  z
    .string()
    .regex(/^[1-9]\d{0,15}$/)
    .transform(Number)
    .refine(Number.isSafeInteger),
]);

/** What the page tells of itself; the model may read it. */
export const pageContextSchema = z.object({
  url: z.string().optional(),
  title: z.string().optional(),
  data: z.record(z.string(), z.json()).optional(),
});

/** The body of `POST /api/v1/orcha/chat-v2`. Unknown fields are ignored. */
export const chatRequestSchema = z.object({
  text: z.string().meta({
    description: "The visitor's message, 1 to 8,000 characters after trimming.",
  }),
  conversation_id: idSchema.nullish().meta({
    description: "Continue that conversation; absent or null starts a new one.",
  }),
  user_id: idSchema.nullish().meta({
    description: "A row of the tenant's users; absent or null is DEFAULT_WIDGET_USER_ID.",
  }),
  tenant_id: z.string().min(1).max(100).nullish().meta({
    description: "A registered tenant, or a label that segments the default tenant's analytics.",
  }),
  use_rag: z.boolean().nullish().meta({
    description: "true retrieves, false does not; absent and null follow the tenant.",
  }),
  replace_message_id: z.int().min(1).max(MAX_ID).nullish().meta({
    description:
      "A message of the last turn: answer it again (same text) or edit it and send it again (new text).",
  }),
  context: pageContextSchema.nullish().meta({
    description: "The page the visitor is on, at most 2 KB as JSON.",
  }),
});

export type ChatRequest = z.input<typeof chatRequestSchema>;
export type ParsedChatRequest = z.output<typeof chatRequestSchema>;
export type PageContext = z.output<typeof pageContextSchema>;

/** One passage of the owner's documents that the answer may cite; what is unknown is null. */
export const contextSchema = z.object({
  id: z.string().meta({ description: "Opaque." }),
  title: z.string().nullable(),
  source: z
    .string()
    .nullable()
    .meta({ description: "Where the owner keeps it, e.g. a file path." }),
  url: z.string().nullable(),
  text: z.string(),
  score: z.number().nullable(),
  page: z.int().nullable(),
  start: z
    .int()
    .nullable()
    .meta({ description: "First character in the document, in code points." }),
  end: z.int().nullable().meta({ description: "One past the last character, in code points." }),
});
export type Context = z.output<typeof contextSchema>;

export const chatDataSchema = z.object({
  text: z.string(),
  conversation_id: z.int().nullable(),
  contexts: z.array(contextSchema).optional().meta({
    description: "Present exactly when retrieval ran.",
  }),
});
export type ChatData = z.output<typeof chatDataSchema>;

/** The JSON answer of chat-v2: exactly the seed's keys, frozen. */
export const chatResponseSchema = z.object({
  success: z.boolean(),
  message: z.string().meta({ description: "Empty on success, else the reason for the visitor." }),
  data: chatDataSchema,
});
export type ChatResponse = z.output<typeof chatResponseSchema>;
