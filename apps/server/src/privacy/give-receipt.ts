import type { ErasedCounts, ErasureReceipt } from "@orcha/contract";
import { type Actor, type AuditEntry, recordAudit } from "../audit/store.ts";
import type { Database } from "../db/database.ts";
import { timeOrderedId } from "../db/ids.ts";
import { keepReceipt } from "./receipt-store.ts";

/** An operator or a server who erases something, and what the audit log will say about it. */
export interface ErasedBy {
  readonly actor: Actor;
  entry(counts: ErasedCounts): AuditEntry;
}

/**
 * Answers for what was erased, and keeps that it was, not whose.
 *
 * @param by undefined for the person themselves
 */
export async function giveReceipt(
  { database, now }: { readonly database: Database; readonly now: () => number },
  tenantId: string,
  counts: ErasedCounts,
  by: ErasedBy | undefined,
): Promise<ErasureReceipt> {
  const at = now();
  const erased_at = new Date(at).toISOString();
  const entry = by?.entry(counts);
  if (Object.values(counts).every((count) => count === 0)) {
    if (entry) await database.write(recordAudit, entry);
    return { receipt_id: null, erased_at, counts };
  }
  const id = timeOrderedId(at);
  const requestedBy = by ? `${by.actor.kind}:${by.actor.id}` : "visitor";
  const receipt = { tenantId, id, now: at, requestedBy, counts };
  await database.write(keepReceipt, { receipt, entry });
  return { receipt_id: id, erased_at, counts };
}
