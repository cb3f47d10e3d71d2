import * as z from "zod";
import { idSchema } from "./chat.ts";

const name = z.string().trim().max(200);

/** Somebody as whom a tenant's conversations are led. */
export const userSchema = z.object({
  id: z.int(),
  name: z.string(),
  subject: z.string().nullable().meta({
    description: "The `sub` of the tenant's tokens; null for a user that an operator made.",
  }),
  created_at: z.iso.datetime(),
});
export type User = z.output<typeof userSchema>;

/** A page of users by id. */
export const userPageSchema = z.object({
  data: z.array(userSchema),
  next_cursor: z.string().nullable(),
});
export type UserPage = z.output<typeof userPageSchema>;

export const newUserSchema = z.strictObject({ id: idSchema, name: name.default("") });
export const userChangeSchema = z.strictObject({ name });
