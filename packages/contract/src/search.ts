import * as z from "zod";
import { contextSchema } from "./chat.ts";

const MAX_RESULTS = 20;

/** The body of `POST /api/v1/orcha/search`: retrieval without an answer. */
export const searchRequestSchema = z.object({
  query: z.string().trim().min(1).max(2000),
  limit: z.int().min(1).max(MAX_RESULTS).default(6),
  tenant_id: z.string().min(1).max(100).nullish().meta({
    description: "Absent or null is the key's own tenant, or the default one.",
  }),
});

/** What retrieval found, best first. */
export const searchResponseSchema = z.object({ data: z.array(contextSchema) });
export type SearchResponse = z.output<typeof searchResponseSchema>;
