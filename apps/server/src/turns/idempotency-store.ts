import { ERRORS, OrchaError } from "@orcha/contract";
import type { Claim, Ownership } from "../conversations/access.ts";
import { errorCodeOf } from "../conversations/error-code.ts";
import { type Connection, defineWrite } from "../db/database.ts";
import { statement } from "../db/statement.ts";

/** How long a key stands for its turn. */
const KEY_LIFETIME_MS = 24 * 3_600_000;

/** A message that its sender may send again: the same key and body mean the same turn. */
export interface Idempotency {
  readonly key: string;
  readonly bodyHash: string;
}

/** What a known key stands for. */
export interface KeyedTurn {
  readonly turnId: number;
  readonly conversationId: number;
  /** Of the visitor's message. */
  readonly position: number;
  readonly replacesTurnId: number | undefined;
  /** `ended` is told again, `failed` may run again. */
  readonly state: "pending" | "ended" | "failed";
  /** Of its conversation. */
  readonly ownership: Ownership;
}

type KeyValues = { tenantId: string; scope: string; key: string; since: number };

const selectKey = statement<KeyValues>()((db, p) =>
  db
    .selectFrom("idempotency_keys as keys")
    .innerJoin("turns", (join) =>
      join.onRef("turns.tenant_id", "=", "keys.tenant_id").onRef("turns.id", "=", "keys.turn_id"),
    )
    .innerJoin("messages", (join) =>
      join
        .onRef("messages.tenant_id", "=", "keys.tenant_id")
        .onRef("messages.id", "=", "keys.turn_id"),
    )
    .innerJoin("conversations", (join) =>
      join
        .onRef("conversations.tenant_id", "=", "turns.tenant_id")
        .onRef("conversations.id", "=", "turns.conversation_id"),
    )
    .select([
      "keys.body_hash",
      "keys.turn_id",
      "turns.conversation_id",
      "turns.state",
      "turns.error_code",
      "turns.replaces_turn_id",
      "messages.position",
      "conversations.label",
      "conversations.user_id",
      "conversations.owner",
      "conversations.offered_owner",
      "conversations.created_at",
    ])
    .where("keys.tenant_id", "=", p("tenantId"))
    .where("keys.scope", "=", p("scope"))
    .where("keys.key", "=", p("key"))
    .where("keys.created_at", ">", p("since")),
);
const insertKey = statement<{
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
const deleteExpiredKey = statement<KeyValues>()((db, p) =>
  db
    .deleteFrom("idempotency_keys")
    .where("tenant_id", "=", p("tenantId"))
    .where("scope", "=", p("scope"))
    .where("key", "=", p("key"))
    .where("created_at", "<=", p("since")),
);

/** Who sends a key: keys of different owners never meet. */
export interface KeySender {
  readonly tenantId: string;
  /** A caller without credential proves no owner: its key is its only secret. */
  readonly claim: Claim;
  readonly now: number;
}

/**
 * The turn that a key stands for; undefined for a new key.
 * @throws OrchaError `idempotency_conflict` when the key was used for another message
 */
export async function findKeyedTurn(
  transaction: Connection,
  sender: KeySender,
  { key, bodyHash }: Idempotency,
): Promise<KeyedTurn | undefined> {
  const values = { tenantId: sender.tenantId, key, since: sender.now - KEY_LIFETIME_MS };
  const { owner } = sender.claim;
  const scope = owner ?? "";
  let [row] = await transaction.run(selectKey, { ...values, scope });
  if (!row && owner !== null) {
    // The first attempt may have come without the secret that its answer handed out.
    const [unsigned] = await transaction.run(selectKey, { ...values, scope: "" });
    if ([unsigned?.owner, unsigned?.offered_owner].includes(owner)) row = unsigned;
  }
  if (!row) return undefined;
  if (row.body_hash !== bodyHash) throw new OrchaError("idempotency_conflict");
  return {
    turnId: row.turn_id,
    conversationId: row.conversation_id,
    position: row.position,
    replacesTurnId: row.replaces_turn_id ?? undefined,
    ownership: row,
    state:
      row.state === "pending"
        ? "pending"
        : row.state === "failed" && isRetryable(row.error_code)
          ? "failed"
          : "ended",
  };
}

/** Remembers what a key stands for; false when another process took it at the same time. */
export async function rememberKey(
  transaction: Connection,
  sender: KeySender,
  { key, bodyHash }: Idempotency,
  turnId: number,
): Promise<boolean> {
  const { tenantId, now } = sender;
  const values = { tenantId, key, scope: sender.claim.owner ?? "" };
  await transaction.change(deleteExpiredKey, { ...values, since: now - KEY_LIFETIME_MS });
  return (await transaction.change(insertKey, { ...values, bodyHash, turnId, now })) > 0;
}

/** Forgets the keys that are older than their lifetime. */
export const forgetKeys = defineWrite(
  "turns.forget-keys",
  async (transaction, { now }: { readonly now: number }): Promise<void> => {
    await transaction.query(
      transaction.builder
        .deleteFrom("idempotency_keys")
        .where("created_at", "<=", now - KEY_LIFETIME_MS),
    );
  },
);

function isRetryable(code: string | null): boolean {
  return code !== null && ERRORS[errorCodeOf(code)].retryable;
}
