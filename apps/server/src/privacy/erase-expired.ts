import type { ErasedCounts } from "@orcha/contract";
import { recordAudit } from "../audit/store.ts";
import { readExpired } from "./doomed-store.ts";
import { ERASED_AT_ONCE, type EraseDeps, eraseConversations } from "./erase-conversations.ts";
import { readRetentions } from "./retention-store.ts";

const DAY_MS = 86_400_000;

/**
 * Erases the conversations that their tenants do not keep any longer. On every replica at any time: what one has erased another
 * does not find, and a conversation that goes on meanwhile stays. Run it every hour.
 */
export async function eraseExpired(deps: EraseDeps): Promise<void> {
  for (const { tenantId, days } of await readRetentions(deps.database.reader)) {
    await eraseExpiredOf(deps, tenantId, days);
  }
}

async function eraseExpiredOf(deps: EraseDeps, tenantId: string, days: number): Promise<void> {
  const { database } = deps;
  const untouchedSince = deps.now() - days * DAY_MS;
  const counts = await eraseConversations(deps, {
    tenantId,
    untouchedSince,
    find: () => readExpired(database.reader, tenantId, untouchedSince, ERASED_AT_ONCE),
  });
  if (counts.conversations === 0) return;
  await database.write(recordAudit, {
    tenantId,
    actor: { kind: "system", id: "", name: "orcha" },
    action: "conversations.expire",
    target: "",
    detail: { retention_days: days, ...erasedOnly(counts) },
    address: "",
    now: deps.now(),
  });
}

function erasedOnly({ users, ...counts }: ErasedCounts): Omit<ErasedCounts, "users"> {
  return counts;
}
