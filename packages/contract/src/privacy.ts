import * as z from "zod";
import { conversationRecordSchema } from "./admin-conversations.ts";

/** Everything that is kept about somebody. */
export const subjectExportSchema = z.object({
  exported_at: z.iso.datetime(),
  tenant_id: z.string(),
  subjects: z.array(z.string()).meta({
    description: "As whom they are known: `visitor:<hash>`, `user:<id>`; empty for nobody.",
  }),
  user: z
    .object({
      id: z.int(),
      name: z.string(),
      subject: z.string().nullable().meta({ description: "The `sub` of their tokens." }),
      created_at: z.iso.datetime(),
    })
    .nullable(),
  usage: z.array(
    z.object({
      day: z.iso.date(),
      label: z.string(),
      model: z.string(),
      conversations: z.int(),
      turns: z.int(),
      failed_turns: z.int(),
      input_tokens: z.int(),
      output_tokens: z.int(),
      cost: z.number(),
    }),
  ),
  conversations: z.array(conversationRecordSchema),
});
export type SubjectExport = z.output<typeof subjectExportSchema>;

/** Rows that were erased. */
export const erasedCountsSchema = z.object({
  conversations: z.int(),
  turns: z.int(),
  messages: z.int(),
  feedback: z.int(),
  turn_pieces: z.int(),
  idempotency_keys: z.int(),
  users: z.int(),
});
export type ErasedCounts = z.output<typeof erasedCountsSchema>;

/** That data was erased. */
export const erasureReceiptSchema = z.object({
  receipt_id: z.int().nullable().meta({
    description: "Null when there was nothing to erase; then nothing is on record about it.",
  }),
  erased_at: z.iso.datetime(),
  counts: erasedCountsSchema,
});
export type ErasureReceipt = z.output<typeof erasureReceiptSchema>;
