import { OrchaError } from "@orcha/contract";
import type { Connection } from "../db/database.ts";
import { type Access, accessOf, type Claim } from "./access.ts";
import { findOpenable } from "./openable-store.ts";

/**
 * How the owner of a conversation comes to it; `settleOwner` makes the most of that.
 * @throws OrchaError `conversation_not_found` for everybody else; an id alone never suffices
 */
export async function findOwnAccess(
  reader: Connection,
  tenantId: string,
  id: number,
  claim: Claim,
  nowMs: number,
): Promise<Access> {
  const access = accessOf(await findOpenable(reader, tenantId, id, claim, nowMs), claim, nowMs);
  if (access === "none" || access === "by-id") throw new OrchaError("conversation_not_found");
  return access;
}
