import * as z from "zod";

/** `https://shop.example`, with `*.` before the host for every name below it, or a port. */
const ORIGIN_PATTERN = /^https?:\/\/(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?$/;

const count = (max: number) => z.int().min(1).max(max).nullable().default(null);
const money = z.number().positive().max(1_000_000_000).nullable().default(null);

/** Either kind of object: a strict one tells misspelt fields, the other passes over those of a newer version. */
type ObjectOf = typeof z.object;

const tenantSettings = (object: ObjectOf) =>
  object({
    name: z.string().trim().min(1).max(100),
    suspended: z.boolean().default(false).meta({
      description: "A suspended tenant answers nobody; its credentials are refused.",
    }),
    allowed_origins: z
      .array(z.string().regex(ORIGIN_PATTERN, "must be an origin such as https://*.shop.example"))
      .max(100)
      .default([])
      .meta({ description: "Pages that may embed the widget and call the API; empty is any." }),
    identity: object({
      mode: z.enum(["off", "optional", "required"]).default("off").meta({
        description: "Whether the tenant signs its visitors in by tokens of its own.",
      }),
      issuer: z.string().min(1).max(500).nullable().default(null),
      audience: z.string().min(1).max(500).nullable().default(null),
      jwks_url: z
        .url({ protocol: /^https?$/ })
        .max(2000)
        .nullable()
        .default(null),
      keys: z
        .array(
          object({
            kid: z.string().min(1).max(200),
            algorithm: z.enum(["RS256", "ES256", "EdDSA"]),
            public_key: z.string().min(1).max(10_000).meta({ description: "PEM (SPKI)." }),
          }),
        )
        .max(10)
        .default([]),
    }).prefault({}),
    binding: z.enum(["open", "strict"]).default("open").meta({
      description: "`strict`: a conversation's id alone never suffices.",
    }),
    prompt: z.string().min(1).max(20_000).nullable().default(null).meta({
      description: "Instructions for the model; null is the built-in text.",
    }),
    models: z.array(z.string().min(3).max(200)).max(10).default([]).meta({
      description: "In the order they are tried, as provider/model; empty is the server's own.",
    }),
    retrieval: z.enum(["on_request", "always"]).default("on_request").meta({
      description: "Whether documents are searched when a message does not say so.",
    }),
    suggestions: z.boolean().default(false).meta({
      description: "Whether streamed answers end with what else the documents tell about.",
    }),
    theme: object({
      accent: z
        .string()
        .regex(/^#[0-9a-f]{6}$/i, "must be a colour such as #2f6fed")
        .nullable()
        .default(null),
    }).prefault({}),
    limits: object({
      visitor_per_minute: count(100_000),
      address_per_minute: count(100_000),
      tenant_per_minute: count(1_000_000),
      key_per_minute: count(1_000_000),
    })
      .prefault({})
      .meta({ description: "Messages a minute; null is the server's default." }),
    budget: object({
      tokens_per_day: count(Number.MAX_SAFE_INTEGER),
      tokens_per_month: count(Number.MAX_SAFE_INTEGER),
      money_per_day: money,
      money_per_month: money,
      visitor_tokens_per_day: count(Number.MAX_SAFE_INTEGER),
      visitor_money_per_day: money,
    })
      .prefault({})
      .meta({ description: "What may be spent, days and months in UTC; null is no limit." }),
    retention_days: count(36_500).meta({
      description: "Conversations untouched for so long are erased; null keeps them.",
    }),
  });

/** What a tenant decides for itself, as an operator writes it: a misspelt field is an error. */
export const tenantSettingsSchema = tenantSettings(z.strictObject as ObjectOf);
/** The same as stored, where a newer version may have added fields. */
export const storedTenantSettingsSchema = tenantSettings(z.object);

export type TenantSettings = z.output<typeof storedTenantSettingsSchema>;

/** A tenant's name on the wire and in the tables; "*" is the whole installation. */
export const tenantIdSchema = z
  .string()
  .trim()
  .regex(/^[^\p{Cc}\p{Cs}]{1,100}$/u, "must be 1 to 100 characters without control characters")
  .refine((id) => !["*", ".", ".."].includes(id), "must not be *, . or ..");

/** The body of `POST /api/v1/orcha/admin/tenants`. */
export const newTenantSchema = z.strictObject({
  id: tenantIdSchema,
  settings: tenantSettingsSchema,
});

/** The body of `PATCH /api/v1/orcha/admin/tenants/{tenant}`: groups of settings are merged one level deep. */
export const tenantChangeSchema = z.strictObject({
  settings: z.record(z.string(), z.unknown()).meta({
    description:
      "The settings to change; fields of a group that are not named stay, lists are replaced.",
  }),
});

/** The body of `DELETE /api/v1/orcha/admin/tenants/{tenant}`. */
export const tenantDeletionSchema = z.strictObject({
  confirm: z.string().meta({ description: "The tenant's id once more: nothing brings it back." }),
});

export const tenantSchema = z.object({
  id: z.string(),
  created_at: z.iso.datetime(),
  settings: storedTenantSettingsSchema,
});
export type TenantInfo = z.output<typeof tenantSchema>;

export const tenantPageSchema = z.object({
  data: z.array(tenantSchema),
  next_cursor: z.string().nullable(),
});
export type TenantPage = z.output<typeof tenantPageSchema>;

/** The answer of `DELETE /api/v1/orcha/admin/tenants/{tenant}`. */
export const tenantErasureSchema = z.object({
  id: z.string(),
  erased: z.record(z.string(), z.int()).meta({ description: "Rows of each table that had some." }),
});
export type TenantErasure = z.output<typeof tenantErasureSchema>;
