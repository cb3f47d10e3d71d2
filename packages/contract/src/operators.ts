import * as z from "zod";

const MAX_PASSWORD = 200;
const MIN_PASSWORD = 10;

/** No control character, which a terminal or a database would stumble over. */
const line = z.string().regex(/^[^\p{Cc}\p{Cs}]*$/u, "must not hold control characters");
const email = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .pipe(z.email({ error: "must be an e-mail address" }));
const name = line.trim().max(100);
/** What somebody types to prove a password; its rules hold only for a password that is set. */
const typedPassword = z.string().min(1).max(MAX_PASSWORD);
const newPassword = z
  .string()
  .max(MAX_PASSWORD, `must have at most ${MAX_PASSWORD} characters`)
  .refine(
    (password) => [...password].length >= MIN_PASSWORD,
    `must have at least ${MIN_PASSWORD} characters`,
  )
  .meta({ minLength: MIN_PASSWORD });
const linkToken = z.string().min(1).max(200);

export const grantSchema = z.object({
  tenant_id: line.min(1).max(100).meta({
    description: "`*` for every tenant and the installation itself.",
  }),
  role: z.enum(["owner", "admin", "editor", "viewer"]),
});

/** A person who runs the installation or some of its tenants. */
export const operatorSchema = z.object({
  id: z.int(),
  email: z.string(),
  name: z.string(),
  grants: z.array(grantSchema),
  state: z.enum(["invited", "active", "disabled"]),
  created_at: z.iso.datetime(),
});
export type OperatorResponse = z.output<typeof operatorSchema>;

export const operatorPageSchema = z.object({
  data: z.array(operatorSchema),
  next_cursor: z.string().nullable(),
});
export type OperatorPage = z.output<typeof operatorPageSchema>;

/** A one-time link; it is shown once. */
export const linkSchema = z.object({ url: z.string(), expires_at: z.iso.datetime() });
export type LinkResponse = z.output<typeof linkSchema>;

export const invitationResponseSchema = z.object({ operator: operatorSchema, link: linkSchema });
export type InvitationResponse = z.output<typeof invitationResponseSchema>;

export const inviteRequestSchema = z.object({
  email,
  name: name.default(""),
  grants: z.array(grantSchema).min(1).max(100),
});

export const operatorChangeSchema = z.object({
  name: name.min(1).optional(),
  disabled: z.boolean().optional(),
  grants: z.array(grantSchema).max(100).optional().meta({
    description:
      "Replaces the roles over the tenant of `?tenant_id=`; all roles for `*`. They bind within a second.",
  }),
});

export const signInRequestSchema = z.object({
  email: line.trim().toLowerCase().min(1).max(254),
  password: typedPassword,
});

/** Who is signed in; null for nobody. */
export const sessionResponseSchema = z.object({
  operator: operatorSchema.pick({ id: true, email: true, name: true, grants: true }).nullable(),
});
export type SessionResponse = z.output<typeof sessionResponseSchema>;

export const passwordChangeSchema = z.object({ current: typedPassword, new: newPassword });

export const linkCheckRequestSchema = z.object({ token: linkToken });

/** What a one-time link is for. */
export const linkCheckResponseSchema = z.object({
  purpose: z.enum(["first-run", "invitation", "reset"]),
  email: z
    .string()
    .nullable()
    .meta({ description: "Null for the first operator, who chooses it." }),
  name: z.string(),
  expires_at: z.iso.datetime(),
});
export type LinkCheckResponse = z.output<typeof linkCheckResponseSchema>;

export const linkAcceptRequestSchema = z.object({
  token: linkToken,
  password: newPassword,
  name: name.optional(),
  email: email.optional().meta({ description: "Of the first operator; others have theirs." }),
});

/** Whose password was set: sign in with it now. */
export const linkAcceptResponseSchema = z.object({ email: z.string() });
export type LinkAcceptResponse = z.output<typeof linkAcceptResponseSchema>;

/** One change, as an operator reads it later. */
export const auditEntrySchema = z.object({
  id: z.int(),
  tenant_id: z.string(),
  created_at: z.iso.datetime(),
  actor: z.object({
    kind: z.enum(["operator", "key", "command", "system"]),
    id: z.string(),
    name: z.string(),
  }),
  action: z.string().meta({ description: "As noun.verb: `tenant.create`." }),
  target: z.string(),
  detail: z.record(z.string(), z.unknown()),
  address: z.string().meta({ description: "Of the network: truncated." }),
});
export type AuditEntryResponse = z.output<typeof auditEntrySchema>;

export const auditPageSchema = z.object({
  data: z.array(auditEntrySchema),
  next_cursor: z.string().nullable(),
});
export type AuditPage = z.output<typeof auditPageSchema>;
