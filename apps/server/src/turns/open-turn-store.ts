import { OrchaError } from "@orcha/contract";
import { accessOf, type Claim } from "../conversations/access.ts";
import { type Connection, defineWrite } from "../db/database.ts";
import { randomId, timeOrderedId } from "../db/ids.ts";
import { statement } from "../db/statement.ts";
import { insertConversation, sealConversation, selectConversation } from "./conversation-store.ts";
import { type Idempotency, type KeySender, rememberKey } from "./idempotency-store.ts";
import { lastTurnOf } from "./last-turn-store.ts";
import { takeLease } from "./lease-store.ts";
import { insertMessage } from "./message-store.ts";
import { type OpenedTurn, openedTurn, type RepeatedTurn } from "./opened-turn.ts";
import { repeatTurn } from "./repeat-turn-store.ts";

const insertTurn = statement<{
  tenantId: string;
  id: number;
  conversationId: number;
  holder: string;
  now: number;
  replacesTurnId: number | null;
}>()((db, p) =>
  db
    .insertInto("turns")
    .values({
      tenant_id: p("tenantId"),
      id: p("id"),
      conversation_id: p("conversationId"),
      state: "pending",
      created_at: p("now"),
      holder: p("holder"),
      heartbeat: 0,
      replaces_turn_id: p("replacesTurnId"),
      replaced: 0,
      input_tokens: 0,
      output_tokens: 0,
    })
    .onConflict((conflict) => conflict.doNothing()),
);

/** A turn is always somebody's: the user it is written as is known. */
export type TurnClaim = Claim & { readonly userId: number };

export interface OpenTurnInput {
  readonly tenantId: string;
  /** Undefined starts a new conversation. */
  readonly conversationId: number | undefined;
  readonly claim: TurnClaim;
  /** For a new conversation of a caller without credential: the owner that the secret in the answer will prove. */
  readonly offeredOwner: string | null;
  readonly text: string;
  /** A message of the last turn, which this one answers again. */
  readonly replaceMessageId: number | undefined;
  /** Undefined for a message that its sender will not repeat. */
  readonly idempotency: Idempotency | undefined;
  readonly holder: string;
  readonly now: number;
}

/**
 * The first of a turn's two transactions. Answers "busy" while another turn holds the conversation, and while the very
 * same message is being answered.
 *
 * @throws OrchaError `conversation_not_found`, `idempotency_conflict`, or `invalid_request` for a message that is not of
 *   the last turn
 */
export const openTurn = defineWrite(
  "turns.open",
  async (transaction, input: OpenTurnInput): Promise<OpenedTurn | RepeatedTurn | "busy"> => {
    const { tenantId, now, idempotency } = input;
    if (idempotency) {
      const repeated = await repeatTurn(transaction, { ...input, ...senderOf(input), idempotency });
      if (repeated) return repeated;
    }

    // A turn takes two ids: its own, which the visitor's message shares, and the next one for the answer.
    const turnId = timeOrderedId(now);
    const place =
      input.conversationId === undefined
        ? await makeConversation(transaction, input, turnId)
        : await enterConversation(transaction, input, input.conversationId, turnId);
    if (place === "busy") return "busy";
    const { conversationId, position, replacesTurnId } = place;

    const inserted = await transaction.change(insertTurn, {
      tenantId,
      id: turnId,
      conversationId,
      holder: input.holder,
      now,
      replacesTurnId: replacesTurnId ?? null,
    });
    if (inserted === 0) throw new IdTakenError();
    await transaction.change(insertMessage, {
      tenantId,
      id: turnId,
      conversationId,
      turnId,
      position,
      role: "visitor",
      text: input.text,
      contexts: null,
      now,
    });
    if (idempotency) {
      const kept = await rememberKey(transaction, senderOf(input), idempotency, turnId);
      if (!kept) throw new IdTakenError();
    }
    return openedTurn({ turnId, conversationId, position, replacesTurnId });
  },
);

function senderOf({ tenantId, claim, now }: OpenTurnInput): KeySender {
  return { tenantId, claim, now };
}

/** Another process took the same id or key in the same moment: run the operation again. */
class IdTakenError extends Error {
  override readonly name = "IdTakenError";
}

interface Place {
  readonly conversationId: number;
  /** Of the visitor's message. */
  readonly position: number;
  readonly replacesTurnId: number | undefined;
}

async function makeConversation(
  transaction: Connection,
  input: OpenTurnInput,
  turnId: number,
): Promise<Place> {
  if (input.replaceMessageId !== undefined) throw new OrchaError("invalid_request");
  for (;;) {
    const id = randomId();
    const inserted = await transaction.change(insertConversation, {
      tenantId: input.tenantId,
      id,
      label: input.claim.label,
      userId: input.claim.userId,
      owner: input.claim.owner,
      offeredOwner: input.offeredOwner,
      now: input.now,
      turnId,
    });
    if (inserted > 0) return { conversationId: id, position: 0, replacesTurnId: undefined };
  }
}

async function enterConversation(
  transaction: Connection,
  input: OpenTurnInput,
  id: number,
  turnId: number,
): Promise<Place | "busy"> {
  const { tenantId, claim, now } = input;
  const [conversation] = await transaction.run(selectConversation, { tenantId, id });
  const access = accessOf(conversation, claim, now);
  if (!conversation || access === "none") throw new OrchaError("conversation_not_found");
  if (access === "seals" && claim.owner !== null) {
    await transaction.change(sealConversation, { tenantId, id, owner: claim.owner });
  }

  const position = conversation.next_position;
  const taken = await transaction.change(takeLease, { tenantId, id, turnId, position, now });
  if (taken === 0) return "busy";
  const replacesTurnId =
    input.replaceMessageId === undefined
      ? undefined
      : await lastTurnOf(transaction, tenantId, id, input.replaceMessageId);
  return { conversationId: id, position, replacesTurnId };
}
