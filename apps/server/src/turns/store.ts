import { type ErrorCode, type FinishReason, OrchaError } from "@orcha/contract";
import { accessOf, type Claim } from "../conversations/access.ts";
import { type Connection, defineWrite } from "../db/database.ts";
import { randomId, timeOrderedId } from "../db/ids.ts";
import { statement } from "../db/statement.ts";

const selectConversation = statement<{ tenantId: string; id: number }>()((db, p) =>
  db
    .selectFrom("conversations")
    .select(["label", "user_id", "owner", "offered_owner", "created_at"])
    .where("tenant_id", "=", p("tenantId"))
    .where("id", "=", p("id")),
);
const insertConversation = statement<{
  tenantId: string;
  id: number;
  label: string;
  userId: number;
  owner: string | null;
  offeredOwner: string | null;
  now: number;
  turnId: number;
}>()((db, p) =>
  db
    .insertInto("conversations")
    .values({
      tenant_id: p("tenantId"),
      id: p("id"),
      label: p("label"),
      user_id: p("userId"),
      owner: p("owner"),
      offered_owner: p("offeredOwner"),
      created_at: p("now"),
      updated_at: p("now"),
      next_position: 2,
      active_turn_id: p("turnId"),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning("id"),
);
const sealConversation = statement<{ tenantId: string; id: number; owner: string }>()((db, p) =>
  db
    .updateTable("conversations")
    .set({ owner: p("owner"), offered_owner: null })
    .where("tenant_id", "=", p("tenantId"))
    .where("id", "=", p("id")),
);
/** The lease: only one turn can set it while it is null. */
const takeLease = statement<{ tenantId: string; id: number; turnId: number; now: number }>()(
  (db, p) =>
    db
      .updateTable("conversations")
      .set((set) => ({
        active_turn_id: p("turnId"),
        updated_at: p("now"),
        next_position: set("next_position", "+", 2),
      }))
      .where("tenant_id", "=", p("tenantId"))
      .where("id", "=", p("id"))
      .where("active_turn_id", "is", null)
      .returning("next_position"),
);
const releaseLease = statement<{ tenantId: string; id: number; turnId: number; now: number }>()(
  (db, p) =>
    db
      .updateTable("conversations")
      .set({ active_turn_id: null, updated_at: p("now") })
      .where("tenant_id", "=", p("tenantId"))
      .where("id", "=", p("id"))
      .where("active_turn_id", "=", p("turnId")),
);
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
    .onConflict((conflict) => conflict.doNothing())
    .returning("id"),
);
const insertMessage = statement<{
  tenantId: string;
  id: number;
  conversationId: number;
  turnId: number;
  position: number;
  role: "visitor" | "assistant";
  text: string;
  contexts: string | null;
  now: number;
}>()((db, p) =>
  db.insertInto("messages").values({
    tenant_id: p("tenantId"),
    id: p("id"),
    conversation_id: p("conversationId"),
    turn_id: p("turnId"),
    position: p("position"),
    role: p("role"),
    text: p("text"),
    contexts: p("contexts"),
    created_at: p("now"),
  }),
);
const selectLastTurn = statement<{ tenantId: string; conversationId: number }>()((db, p) =>
  db
    .selectFrom("messages")
    .select("turn_id")
    .where("tenant_id", "=", p("tenantId"))
    .where("conversation_id", "=", p("conversationId"))
    .orderBy("position", "desc")
    .limit(1),
);
const selectMessageTurn = statement<{ tenantId: string; conversationId: number; id: number }>()(
  (db, p) =>
    db
      .selectFrom("messages")
      .select("turn_id")
      .where("tenant_id", "=", p("tenantId"))
      .where("id", "=", p("id"))
      .where("conversation_id", "=", p("conversationId")),
);
const endTurn = statement<{
  tenantId: string;
  id: number;
  state: "done" | "stopped" | "failed";
  now: number;
  errorCode: string | null;
  finishReason: string | null;
  model: string | null;
  inputTokens: number;
  outputTokens: number;
  firstTokenMs: number | null;
  totalMs: number | null;
}>()((db, p) =>
  db
    .updateTable("turns")
    .set({
      state: p("state"),
      ended_at: p("now"),
      error_code: p("errorCode"),
      finish_reason: p("finishReason"),
      model: p("model"),
      input_tokens: p("inputTokens"),
      output_tokens: p("outputTokens"),
      first_token_ms: p("firstTokenMs"),
      total_ms: p("totalMs"),
    })
    .where("tenant_id", "=", p("tenantId"))
    .where("id", "=", p("id"))
    .where("state", "=", "pending")
    .returning("id"),
);
/** Only while its heartbeat stands where it was seen: a holder that woke up keeps its turn. */
const abandonTurn = statement<{ tenantId: string; id: number; heartbeat: number; now: number }>()(
  (db, p) =>
    db
      .updateTable("turns")
      .set({
        state: "failed",
        ended_at: p("now"),
        error_code: "unavailable",
        finish_reason: "cut",
      })
      .where("tenant_id", "=", p("tenantId"))
      .where("id", "=", p("id"))
      .where("state", "=", "pending")
      .where("heartbeat", "=", p("heartbeat"))
      .returning("id"),
);
const markReplaced = statement<{ tenantId: string; id: number }>()((db, p) =>
  db
    .updateTable("turns")
    .set({ replaced: 1 })
    .where("tenant_id", "=", p("tenantId"))
    .where("id", "=", p("id")),
);
const countHeartbeat = statement<{ holder: string }>()((db, p) =>
  db
    .updateTable("turns")
    .set((set) => ({ heartbeat: set("heartbeat", "+", 1) }))
    .where("state", "=", "pending")
    .where("holder", "=", p("holder")),
);
const selectPending = statement<Record<never, never>>()((db) =>
  db
    .selectFrom("turns")
    .select(["tenant_id", "id", "conversation_id", "holder", "heartbeat"])
    .where("state", "=", "pending"),
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
  readonly holder: string;
  readonly now: number;
}

/** A turn that has begun: its conversation's lease is taken and the visitor's message is kept. */
export interface OpenedTurn {
  readonly turnId: number;
  readonly conversationId: number;
  /** The id that the answer will have. */
  readonly messageId: number;
  /** The place of the answer in the conversation. */
  readonly position: number;
  readonly replacesTurnId: number | undefined;
}

/**
 * The first of a turn's two transactions. Answers "busy" while another turn holds the conversation.
 * @throws OrchaError `conversation_not_found`, or `invalid_request` for a message that is not of the last turn
 */
export const openTurn = defineWrite(
  "turns.open",
  async (transaction, input: OpenTurnInput): Promise<OpenedTurn | "busy"> => {
    const { tenantId, now } = input;
    // A turn takes two ids: its own, which the visitor's message shares, and the next one for the answer.
    const turnId = timeOrderedId(now);
    const place =
      input.conversationId === undefined
        ? await makeConversation(transaction, input, turnId)
        : await enterConversation(transaction, input, input.conversationId, turnId);
    if (place === "busy") return "busy";
    const { conversationId, position, replacesTurnId } = place;

    const inserted = await transaction.run(insertTurn, {
      tenantId,
      id: turnId,
      conversationId,
      holder: input.holder,
      now,
      replacesTurnId: replacesTurnId ?? null,
    });
    if (inserted.length === 0) throw new IdTakenError();
    await transaction.run(insertMessage, {
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
    return {
      turnId,
      conversationId,
      messageId: turnId + 1,
      position: position + 1,
      replacesTurnId,
    };
  },
);

/** Another process took the same id in the same millisecond: run the operation again. */
export class IdTakenError extends Error {
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
    const inserted = await transaction.run(insertConversation, {
      tenantId: input.tenantId,
      id: randomId(),
      label: input.claim.label,
      userId: input.claim.userId,
      owner: input.claim.owner,
      offeredOwner: input.offeredOwner,
      now: input.now,
      turnId,
    });
    const [conversation] = inserted;
    if (conversation) {
      return { conversationId: conversation.id, position: 0, replacesTurnId: undefined };
    }
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
  if (access === "none") throw new OrchaError("conversation_not_found");
  if (access === "seals" && claim.owner !== null) {
    await transaction.run(sealConversation, { tenantId, id, owner: claim.owner });
  }

  const [lease] = await transaction.run(takeLease, { tenantId, id, turnId, now });
  if (!lease) return "busy";
  const replacesTurnId =
    input.replaceMessageId === undefined
      ? undefined
      : await lastTurnOf(transaction, tenantId, id, input.replaceMessageId);
  return { conversationId: id, position: lease.next_position - 2, replacesTurnId };
}

async function lastTurnOf(
  transaction: Connection,
  tenantId: string,
  conversationId: number,
  messageId: number,
): Promise<number> {
  const [last] = await transaction.run(selectLastTurn, { tenantId, conversationId });
  const [named] = await transaction.run(selectMessageTurn, {
    tenantId,
    conversationId,
    id: messageId,
  });
  if (!last || !named || last.turn_id !== named.turn_id) {
    throw new OrchaError(
      "invalid_request",
      "replace_message_id must be a message of the last turn of this conversation.",
    );
  }
  return last.turn_id;
}

export interface EndTurnInput {
  readonly tenantId: string;
  readonly turn: OpenedTurn;
  readonly outcome: TurnOutcome;
  readonly now: number;
}

export interface TurnOutcome {
  readonly state: "done" | "stopped" | "failed";
  /** What was said; kept even when the turn failed in the middle. */
  readonly text: string;
  /** JSON; null when retrieval did not run. */
  readonly contexts: string | null;
  readonly errorCode: ErrorCode | null;
  readonly finishReason: FinishReason | null;
  readonly model: string | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly firstTokenMs: number | null;
  readonly totalMs: number | null;
}

/**
 * The second transaction: keeps the answer and releases the conversation.
 * Answers false, and keeps nothing, when the turn is not pending any more.
 */
export const closeTurn = defineWrite(
  "turns.close",
  async (transaction, { tenantId, turn, outcome, now }: EndTurnInput): Promise<boolean> => {
    const { text, contexts, ...figures } = outcome;
    const ended = await transaction.run(endTurn, { tenantId, id: turn.turnId, now, ...figures });
    if (ended.length === 0) return false;

    if (text !== "" || outcome.state === "done") {
      await transaction.run(insertMessage, {
        tenantId,
        id: turn.messageId,
        conversationId: turn.conversationId,
        turnId: turn.turnId,
        position: turn.position,
        role: "assistant",
        text,
        contexts,
        now,
      });
    }
    if (turn.replacesTurnId !== undefined && outcome.state !== "failed") {
      await transaction.run(markReplaced, { tenantId, id: turn.replacesTurnId });
    }
    await transaction.run(releaseLease, {
      tenantId,
      id: turn.conversationId,
      turnId: turn.turnId,
      now,
    });
    return true;
  },
);

/** Tells the other processes that the turns of this one are alive. */
export const beatTurns = defineWrite(
  "turns.beat",
  async (transaction, input: { readonly holder: string }): Promise<void> => {
    await transaction.run(countHeartbeat, input);
  },
);

/** A turn that some process is working on, or was when it died. */
export interface PendingTurn {
  readonly tenantId: string;
  readonly turnId: number;
  readonly conversationId: number;
  readonly holder: string;
  readonly heartbeat: number;
}

export async function listPendingTurns(reader: Connection): Promise<PendingTurn[]> {
  const rows = await reader.run(selectPending, {});
  return rows.map((row) => ({
    tenantId: row.tenant_id,
    turnId: row.id,
    conversationId: row.conversation_id,
    holder: row.holder,
    heartbeat: row.heartbeat,
  }));
}

/** Fails turns whose process is gone, so that their conversations go on. */
export const abandonTurns = defineWrite(
  "turns.abandon",
  async (
    transaction,
    input: { readonly turns: readonly PendingTurn[]; readonly now: number },
  ): Promise<void> => {
    const { now } = input;
    for (const { tenantId, turnId, conversationId, heartbeat } of input.turns) {
      const ended = await transaction.run(abandonTurn, { tenantId, id: turnId, heartbeat, now });
      if (ended.length === 0) continue;
      await transaction.run(releaseLease, { tenantId, id: conversationId, turnId, now });
    }
  },
);

export const TURN_WRITES = [openTurn, closeTurn, beatTurns, abandonTurns];
