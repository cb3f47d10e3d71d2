import { OrchaError } from "@orcha/contract";
import type { ListPlace } from "../conversations/list-store.ts";
import type { RequestContext } from "./context.ts";

const CURSOR = /^(\d{1,16})\.([1-9]\d{0,15})$/;

/** `?cursor=` of a list that is ordered by time, as an earlier page gave it; undefined for the first page. */
export function placeParameter(c: RequestContext): ListPlace | undefined {
  const cursor = c.req.query("cursor");
  if (cursor === undefined || cursor === "") return undefined;
  const [, updatedAt, id] = CURSOR.exec(cursor) ?? [];
  const place = { updatedAt: Number(updatedAt), id: Number(id) };
  if (Number.isSafeInteger(place.updatedAt) && Number.isSafeInteger(place.id)) return place;
  throw new OrchaError("invalid_request", "cursor must be the next_cursor of an earlier page.");
}

export function placeCursor(next: ListPlace | undefined): string | null {
  return next ? `${next.updatedAt}.${next.id}` : null;
}
