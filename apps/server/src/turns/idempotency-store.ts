import { OrchaError } from "@orcha/contract";
import type { Claim } from "../conversations/access.ts";
import { type Connection, defineWrite } from "../db/database.ts";
import { EVERY_TENANT, statement } from "../db/statement.ts";
import { findTurn, type KnownTurn } from "./known-turn-store.ts";

/** How long a key stands for its turn. */
const KEY_LIFETIME_MS = 24 * 3_600_000;

/** A message that its sender may send again: the same key and body mean the same turn. */
export interface Idempotency {
  readonly key: string;
  readonly bodyHash: string;
}

const selectKey = statement<{ tenantId: string; scope: string; key: string }>()((db, p) =>
  db
    .selectFrom("idempotency_keys")
    .select(["body_hash", "turn_id", "created_at"])
    .where("tenant_id", "=", p("tenantId"))
    .where("scope", "=", p("scope"))
    .where("key", "=", p("key")),
);

/** Changes nothing when the key is taken. */
export const insertKey = statement<{
  tenantId: string;
  scope: string;
  key: string;
  bodyHash: string;
  turnId: number;
  now: number;
}>()((db, p) =>
  db
    .insertInto("idempotency_keys")
    .values({
      tenant_id: p("tenantId"),
      scope: p("scope"),
      key: p("key"),
      body_hash: p("bodyHash"),
      turn_id: p("turnId"),
      created_at: p("now"),
    })
    .onConflict((conflict) => conflict.doNothing()),
);

/** Keys of different owners never meet. A caller without credential proves no owner: its key is its only secret. */
export function scopeOf({ owner }: Claim): string {
  return owner ?? "";
}

/**
 * The turn that a key stands for: undefined for a new key, "expired" for one whose day is over but which is not forgotten yet.
 * @throws OrchaError `idempotency_conflict` when the key was used for another message
 */
export async function findKeyedTurn(
  reader: Connection,
  sender: { readonly tenantId: string; readonly claim: Claim; readonly now: number },
  { key, bodyHash }: Idempotency,
): Promise<KnownTurn | "expired" | undefined> {
  const { tenantId, claim, now } = sender;
  const [own] = await reader.run(selectKey, { tenantId, key, scope: scopeOf(claim) });
  // The first attempt may have come without the secret that its answer handed out.
  const [row] =
    own || claim.owner === null ? [own] : await reader.run(selectKey, { tenantId, key, scope: "" });
  if (!row) return undefined;
  if (row.created_at <= now - KEY_LIFETIME_MS) return "expired";

  const turn = await findTurn(reader, tenantId, row.turn_id);
  if (!own && ![turn?.ownership.owner, turn?.ownership.offered_owner].includes(claim.owner)) {
    return undefined;
  }
  if (row.body_hash !== bodyHash) throw new OrchaError("idempotency_conflict");
  return turn;
}

/** Forgets the keys that are older than their lifetime. */
export const forgetKeys = defineWrite(
  "turns.forget-keys",
  async (transaction, { now }: { readonly now: number }): Promise<void> => {
    await transaction.query(
      EVERY_TENANT,
      transaction.builder
        .deleteFrom("idempotency_keys")
        .where("created_at", "<=", now - KEY_LIFETIME_MS),
    );
  },
);
