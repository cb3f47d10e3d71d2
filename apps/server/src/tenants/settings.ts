import * as z from "zod";

/** What a tenant decides for itself, as stored. */
export const tenantSettingsSchema = z.object({
  name: z.string(),
  /** Instructions for the model; absent is the built-in text. */
  prompt: z.string().optional(),
  /** When use_rag is absent: retrieve only on request, or always. */
  retrieval: z.enum(["on_request", "always"]).default("on_request"),
  /** `strict`: a conversation's id alone never suffices. */
  binding: z.enum(["open", "strict"]).default("open"),
});

export type TenantSettings = z.output<typeof tenantSettingsSchema>;

export interface Tenant {
  readonly id: string;
  readonly settings: TenantSettings;
}
