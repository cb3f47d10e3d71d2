import { OrchaError } from "@orcha/contract";
import { accessOf } from "../conversations/access.ts";
import type { Connection } from "../db/database.ts";
import { offerConversation, sealConversation } from "./conversation-store.ts";
import { findKeyedTurn, type Idempotency, type KeySender } from "./idempotency-store.ts";
import { findLastTurn } from "./last-turn-store.ts";
import { type OpenedTurn, openedTurn, type RepeatedTurn } from "./opened-turn.ts";
import { runAgain } from "./run-again-store.ts";

/** A message with a key, and what the process adds. */
export interface KeyedMessage extends KeySender {
  readonly idempotency: Idempotency;
  readonly offeredOwner: string | null;
  readonly holder: string;
}

/**
 * The turn that a message stands for already: told again when it ended, run again when its failure may pass, "busy" while it
 * runs; undefined for a new message.
 */
export async function repeatTurn(
  transaction: Connection,
  message: KeyedMessage,
): Promise<OpenedTurn | RepeatedTurn | "busy" | undefined> {
  const known = await findKeyedTurn(transaction, message, message.idempotency);
  if (!known) return undefined;
  if (known.state === "pending") return "busy";
  const { tenantId, claim } = message;
  const access = accessOf(known.ownership, claim, message.now);
  if (access === "seals" && claim.owner !== null) {
    await transaction.change(sealConversation, {
      tenantId,
      id: known.conversationId,
      owner: claim.owner,
    });
  }
  if (message.offeredOwner !== null) {
    // The first answer was lost, and the secret with it.
    const { offeredOwner: owner } = message;
    await transaction.change(offerConversation, { tenantId, id: known.conversationId, owner });
  }
  const last = await findLastTurn(transaction, tenantId, known.conversationId);
  // What came after it or took its place stands: then its failure is all there is to tell.
  if (known.state === "ended" || last !== known.turnId) {
    return { ...openedTurn(known), hasEnded: true };
  }
  if (access === "none") throw new OrchaError("conversation_not_found");
  return (await runAgain(transaction, message, known)) ? openedTurn(known) : "busy";
}
