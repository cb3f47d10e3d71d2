import * as z from "zod";

/** What a secret key may be used for, each for itself: `admin` does not imply `read`. */
export const KEY_SCOPES = ["chat", "search", "read", "write", "admin"] as const;
export type KeyScope = (typeof KEY_SCOPES)[number];

const scopes = z
  .array(z.enum(KEY_SCOPES))
  .min(1)
  .max(KEY_SCOPES.length)
  .transform((given) => KEY_SCOPES.filter((scope) => given.includes(scope)));
/** What an operator calls something; no line breaks, no control characters. */
const label = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, "must not hold control characters");

/** The body of `POST /api/v1/orcha/admin/keys`. */
export const keyRequestSchema = z.strictObject({
  name: label,
  scopes,
  expires_at: z.iso.datetime({ offset: true }).nullable().default(null).meta({
    description: "When it ends by itself; null is never.",
  }),
});
export type KeyRequest = z.output<typeof keyRequestSchema>;

/** A secret key as its owners see it. The key itself is told once, when it is made. */
export const keySchema = z.object({
  id: z.int(),
  tenant_id: z.string().meta({ description: "`*` is a key of the whole installation." }),
  name: z.string(),
  prefix: z.string().meta({ description: "How it begins." }),
  scopes: z.array(z.enum(KEY_SCOPES)),
  created_at: z.iso.datetime(),
  created_by: z.string(),
  last_used_at: z.iso.datetime().nullable().meta({ description: "To the minute." }),
  expires_at: z.iso.datetime().nullable(),
  revoked_at: z.iso.datetime().nullable(),
});
export type Key = z.output<typeof keySchema>;

export const newKeySchema = keySchema.extend({
  key: z.string().meta({ description: "Told here and never again." }),
});
export type NewKey = z.output<typeof newKeySchema>;

export const keyPageSchema = z.object({
  data: z.array(keySchema),
  next_cursor: z.string().nullable(),
});
export type KeyPage = z.output<typeof keyPageSchema>;

export const SECRET_KINDS = ["jwt", "model"] as const;
export type SecretKind = (typeof SECRET_KINDS)[number];

/** Providers whose models take a key of the tenant's own. */
export const KEYED_PROVIDERS = ["openai", "anthropic", "google"] as const;
export type KeyedProvider = (typeof KEYED_PROVIDERS)[number];

/** `{kind}/{name}` in the path of a secret. */
export const secretNameSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("jwt"),
    name: z.string().regex(/^[\w:@+=~-][\w.:@+=~-]{0,99}$/, "must be a key id of plain characters"),
  }),
  z.object({ kind: z.literal("model"), name: z.enum(KEYED_PROVIDERS) }),
]);
export type SecretName = z.output<typeof secretNameSchema>;

/** The body of `PUT /api/v1/orcha/admin/secrets/{kind}/{name}`. */
export const secretRequestSchema = z.strictObject({
  value: z.string().min(1).max(4096).meta({
    description: "A secret for tokens has at least 32 bytes; its bytes are those of the text.",
  }),
});

/** A secret as its owners see it: that it is there, never what it is. */
export const secretSchema = z.object({
  kind: z.enum(SECRET_KINDS),
  name: z.string().meta({ description: "The token's `kid`, or the provider." }),
  created_at: z.iso.datetime().meta({ description: "When its value was set." }),
});
export type SecretInfo = z.output<typeof secretSchema>;

export const secretListSchema = z.object({ data: z.array(secretSchema) });

export const secretDeletionSchema = z.object({
  kind: z.enum(SECRET_KINDS),
  name: z.string(),
  deleted: z.literal(true),
});
export type SecretDeletion = z.output<typeof secretDeletionSchema>;
