import { type ErrorCode, OrchaError, type PageContext, type TurnEvent } from "@orcha/contract";
import { readHistory } from "../conversations/store.ts";
import type { Database } from "../db/database.ts";
import type { Tenant } from "../tenants/settings.ts";
import { Answer } from "./answer.ts";
import { buildPrompt } from "./build-prompt.ts";
import { closeTurn } from "./close-turn-store.ts";
import { type Deadlines, TurnClock } from "./deadline.ts";
import { fitHistory } from "./fit-history.ts";
import type { Idempotency } from "./idempotency-store.ts";
import { openTurnInOrder } from "./open-turn.ts";
import type { TurnClaim } from "./open-turn-store.ts";
import type { OpenedTurn } from "./opened-turn.ts";
import type { ChatModel, ChatModelRequest, Retriever } from "./ports.ts";
import type { RunningTurns } from "./running-turns.ts";
import { tellAgain } from "./tell-again.ts";

/** More than any sensible budget holds; it bounds the read. */
const MAX_HISTORY_MESSAGES = 100;

export interface TurnDeps {
  readonly database: Database;
  readonly model: ChatModel;
  readonly retriever: Retriever;
  readonly running: RunningTurns;
  readonly limits: {
    readonly historyTokens: number;
    readonly answerTokens: number;
  };
  /** How long a turn waits for the one before it in its conversation. */
  readonly lockWaitMs: number;
  readonly now: () => number;
  /** Gets the causes that visitors must not see. */
  readonly onFailure: (turn: OpenedTurn, error: unknown) => void;
}

/** A validated message with its caller's rights; nothing of HTTP. */
export interface TurnInput {
  readonly tenant: Tenant;
  readonly claim: TurnClaim;
  /** For a new conversation of a caller without credential: the owner that the secret in the answer will prove. */
  readonly offeredOwner: string | null;
  readonly conversationId: number | undefined;
  readonly text: string;
  readonly useRag: boolean | undefined;
  readonly replaceMessageId: number | undefined;
  readonly idempotency: Idempotency | undefined;
  readonly page: PageContext | undefined;
  readonly deadlines: Deadlines;
}

/**
 * Runs one turn: opens it, retrieves, asks the model, keeps the answer, and tells each step as an event.
 * It must be read to its end whoever listens: leaving a turn stops nothing.
 *
 * @throws OrchaError before the first event only; afterwards a failure is the last event
 */
export async function* runTurn(deps: TurnDeps, input: TurnInput): AsyncGenerator<TurnEvent, void> {
  const turn = await openTurnInOrder(deps, {
    tenantId: input.tenant.id,
    conversationId: input.conversationId,
    claim: input.claim,
    offeredOwner: input.offeredOwner,
    text: input.text,
    replaceMessageId: input.replaceMessageId,
    idempotency: input.idempotency,
  });
  if ("hasEnded" in turn) return yield* tellAgain(deps.database, input.tenant.id, turn);
  const clock = new TurnClock(input.deadlines);
  using _running = deps.running.add(turn.turnId, clock);
  const { turnId, conversationId, messageId } = turn;
  const answer = new Answer(conversationId);
  yield {
    event: "turn-start",
    data: { turn_id: turnId, conversation_id: conversationId, message_id: messageId },
  };

  let failure: unknown;
  try {
    const request = await prepare(deps, input, turn);
    if (request.contexts) {
      answer.contexts = [...request.contexts];
      yield { event: "contexts", data: { contexts: answer.contexts } };
    }
    answer.request = request;

    for await (const part of deps.model.stream(request, clock.signal)) {
      const text = answer.add(part, clock);
      if (text) yield { event: "text-delta", data: { text } };
    }
    if (!answer.finish || answer.isEmpty) throw new OrchaError("model_unavailable");
  } catch (error) {
    failure = clock.reason ?? error;
  }
  const rest = answer.flush();
  if (rest) yield { event: "text-delta", data: { text: rest } };
  clock.stop();

  yield await commit(deps, input, turn, answer, clock, failure);
}

async function prepare(
  deps: TurnDeps,
  input: TurnInput,
  turn: OpenedTurn,
): Promise<ChatModelRequest> {
  const tenantId = input.tenant.id;
  const { settings } = input.tenant;
  const isNew = input.conversationId === undefined;
  const past = isNew
    ? []
    : await readHistory(
        deps.database.reader,
        tenantId,
        turn.conversationId,
        turn.replacesTurnId,
        MAX_HISTORY_MESSAGES,
      );
  const history = fitHistory(past, deps.limits.historyTokens);

  const retrieves = deps.model.alwaysRetrieves || (input.useRag ?? settings.retrieval === "always");
  const retrieval = retrieves
    ? await deps.retriever.retrieve(tenantId, input.text, history)
    : undefined;
  return buildPrompt({
    instructions: settings.prompt,
    page: input.page,
    history,
    text: input.text,
    retrieval,
    maxOutputTokens: deps.limits.answerTokens,
  });
}

/** Keeps the outcome first; only then may the last event say how it went. */
async function commit(
  deps: TurnDeps,
  input: TurnInput,
  turn: OpenedTurn,
  answer: Answer,
  clock: TurnClock,
  failure: unknown,
): Promise<TurnEvent> {
  let code = failure === undefined ? undefined : codeOf(failure);
  if (failure !== undefined) deps.onFailure(turn, failure);
  const outcome = answer.outcome(code, clock);
  try {
    const kept = await deps.database.write(closeTurn, {
      tenantId: input.tenant.id,
      turn,
      outcome,
      now: deps.now(),
    });
    if (!kept) code ??= "unavailable";
  } catch (error) {
    deps.onFailure(turn, error);
    code = "unavailable";
  }
  return code ? answer.turnError(code) : answer.turnEnd(outcome);
}

function codeOf(failure: unknown): ErrorCode {
  return failure instanceof OrchaError ? failure.code : "internal";
}
