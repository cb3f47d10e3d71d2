import type { Hold } from "../budgets/reservation.ts";
import { reserveSteps } from "../budgets/spend-store.ts";
import { defineSteps, must, type Step, step } from "../db/database.ts";
import { statement } from "../db/statement.ts";
import { type Idempotency, insertKey, scopeOf } from "./idempotency-store.ts";
import { markReplaced } from "./last-turn-store.ts";
import { insertConversation, takeLease } from "./lease-store.ts";
import { insertMessage } from "./message-store.ts";
import type { Place, TurnClaim } from "./place-store.ts";
import { reservedValues } from "./reserved-values.ts";

const insertTurn = statement<{
  tenantId: string;
  id: number;
  conversationId: number;
  holder: string;
  now: number;
  replacesTurnId: number | null;
  userId: number;
  reservedTokens: number;
  reservedCost: number;
  spender: string | null;
  budgetDay: string | null;
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
      cost: 0,
      reserved_tokens: p("reservedTokens"),
      reserved_cost: p("reservedCost"),
      spender: p("spender"),
      budget_day: p("budgetDay"),
      user_id: p("userId"),
      stop_requested: 0,
    })
    .onConflict((conflict) => conflict.doNothing()),
);

export interface OpenTurnInput {
  readonly tenantId: string;
  readonly turnId: number;
  readonly place: Place;
  readonly claim: TurnClaim;
  readonly text: string;
  /** Undefined for a message that its sender will not repeat. */
  readonly idempotency: Idempotency | undefined;
  /** What its budgets set aside for it; undefined when none holds it. */
  readonly hold: Hold | undefined;
  readonly holder: string;
  readonly now: number;
}

/**
 * The first of a turn's two writes: the conversation's lease, the turn, the visitor's message, its key. Answers false, and
 * keeps nothing, when the conversation is not as it was read any more, when an id or the key is taken, or when a budget has
 * not so much left.
 */
export const openTurn = defineSteps("turns.open", (input: OpenTurnInput) => {
  const { tenantId, turnId, now, place, idempotency, claim, hold } = input;
  const { conversationId, supersedesTurnId } = place;
  return [
    enter(input),
    must(insertTurn, {
      tenantId,
      id: turnId,
      conversationId,
      holder: input.holder,
      now,
      replacesTurnId: place.replacesTurnId ?? null,
      userId: place.userId,
      ...reservedValues(hold?.reservation),
    }),
    step(insertMessage, {
      tenantId,
      id: turnId,
      conversationId,
      turnId,
      position: place.position,
      role: "visitor",
      text: input.text,
      contexts: null,
      now,
    }),
    ...(idempotency
      ? [must(insertKey, { tenantId, scope: scopeOf(claim), ...idempotency, turnId, now })]
      : []),
    ...reserveSteps(tenantId, hold),
    ...(supersedesTurnId === undefined
      ? []
      : [step(markReplaced, { tenantId, id: supersedesTurnId })]),
  ];
});

function enter({ tenantId, turnId, place, claim, now }: OpenTurnInput): Step {
  const { conversationId: id, position, owner, offeredOwner, userId, ownerBefore } = place;
  const userVerified = place.isUserVerified ? 1 : 0;
  const lease = { tenantId, id, turnId, now, owner, offeredOwner, userId, userVerified };
  return ownerBefore === undefined
    ? must(insertConversation, { ...lease, label: claim.label })
    : must(takeLease, { ...lease, position, ownerBefore });
}
