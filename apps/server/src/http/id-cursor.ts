import { idSchema, OrchaError } from "@orcha/contract";
import type { RequestContext } from "./context.ts";

/** `?cursor=` of a list that is ordered by id: the last one that was seen; undefined for the first page. */
export function idCursorParameter(c: RequestContext): number | undefined {
  const cursor = c.req.query("cursor");
  if (cursor === undefined || cursor === "") return undefined;
  const parsed = idSchema.safeParse(cursor);
  if (!parsed.success) {
    throw new OrchaError("invalid_request", "cursor must be the next_cursor of an earlier page.");
  }
  return parsed.data;
}

export function nextCursor(next: number | undefined): string | null {
  return next === undefined ? null : String(next);
}
