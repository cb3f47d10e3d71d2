import type { ErasureReceipt } from "@orcha/contract";
import { eraseUser } from "../users/erase-store.ts";
import { ERASED_AT_ONCE, type EraseDeps, eraseConversations } from "./erase-conversations.ts";
import { type ErasedBy, giveReceipt } from "./give-receipt.ts";
import { ownershipsOf, readOwned } from "./owned-store.ts";
import type { Subject } from "./subject.ts";

export interface EraseSubjectDeps extends EraseDeps {
  /** The user of everybody who is nobody else: its row stays. */
  readonly defaultUserId: number;
}

/**
 * Erases everything that is kept about somebody, and answers a receipt that does not say whose it was. Their running turns are
 * stopped first. What they used stays counted in the tenant's totals.
 *
 * @param by undefined for the person themselves
 */
export async function eraseSubject(
  deps: EraseSubjectDeps,
  subject: Subject,
  by: ErasedBy | undefined,
): Promise<ErasureReceipt> {
  const { tenantId } = subject;
  const counts = await eraseConversations(deps, {
    tenantId,
    find: () => findNext(deps, subject),
  });
  const users = await eraseRow(deps, subject);
  return giveReceipt(deps, tenantId, { ...counts, users }, by);
}

async function findNext({ database }: EraseSubjectDeps, subject: Subject) {
  for (const ownership of ownershipsOf(subject)) {
    const found = await readOwned(database.reader, subject, ownership, 0, ERASED_AT_ONCE);
    if (found.length > 0) return found;
  }
  return [];
}

async function eraseRow(
  { database, defaultUserId }: EraseSubjectDeps,
  { tenantId, userId }: Subject,
): Promise<number> {
  if (userId === undefined || userId === defaultUserId) return 0;
  for (;;) {
    const erasure = await database.write(eraseUser, { tenantId, id: userId });
    if (erasure !== "more") return erasure === "erased" ? 1 : 0;
  }
}
