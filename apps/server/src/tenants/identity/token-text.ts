import * as z from "zod";

const MAX_TOKEN_CHARS = 8192;
const MAX_TENANT_CHARS = 100;

/** How a tenant may sign; nothing else is ever verified. */
export const TOKEN_ALGORITHMS = ["HS256", "RS256", "ES256", "EdDSA"] as const;
export type TokenAlgorithm = (typeof TOKEN_ALGORITHMS)[number];

/**
 * Whatever else a header names, such as an address of keys or a key of its own, is never read. A token that wants to be
 * understood in a particular way (`crit`, `b64`) is refused.
 */
const headerSchema = z.object({
  alg: z.enum(TOKEN_ALGORITHMS),
  kid: z.string().min(1).max(200).optional(),
  crit: z.never().optional(),
  b64: z.never().optional(),
});
export type TokenHeader = z.output<typeof headerSchema>;

/** The header of a signed token; undefined for anything that is not one to the letter. */
export function readTokenHeader(token: string): TokenHeader | undefined {
  const parts = splitToken(token);
  return parts && headerSchema.safeParse(parts.header).data;
}

/** The tenant that a token says it is of. Nothing is verified: it only tells whose keys are to be tried. */
export function tenantClaimOf(token: string): string | undefined {
  const claim = splitToken(token)?.payload.tenant_id;
  return typeof claim === "string" && claim !== "" && [...claim].length <= MAX_TENANT_CHARS
    ? claim
    : undefined;
}

type JsonObject = Readonly<Record<string, unknown>>;

function splitToken(
  token: string,
): { readonly header: JsonObject; readonly payload: JsonObject } | undefined {
  if (token.length > MAX_TOKEN_CHARS) return undefined;
  const parts = token.split(".");
  if (parts.length !== 3 || !parts.every(isCanonical)) return undefined;
  const [header, payload] = parts.map(readObject);
  return header && payload && { header, payload };
}

/** One text for the same bytes, so that nobody can vary a token and have it taken for another. */
function isCanonical(part: string): boolean {
  return part !== "" && Buffer.from(part, "base64url").toString("base64url") === part;
}

function readObject(part: string): JsonObject | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(part, "base64url"));
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined; // neither UTF-8 nor JSON
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
