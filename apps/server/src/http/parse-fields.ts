import { OrchaError } from "@orcha/contract";
import type * as z from "zod";

/**
 * Parses fields of a body or a query.
 * @throws OrchaError `invalid_request` that names the first field which is not as it must be
 */
export function parseFields<Schema extends z.ZodType>(
  schema: Schema,
  fields: unknown,
): z.output<Schema> {
  const parsed = schema.safeParse(fields);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join(".");
  throw new OrchaError("invalid_request", field ? `${field}: ${issue?.message}` : issue?.message);
}
