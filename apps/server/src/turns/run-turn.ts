import { OrchaError, type PageContext, type TurnEvent } from "@orcha/contract";
import { type BudgetedTurn, type Budgets, hasBudget } from "../budgets/budgets.ts";
import { readHistory } from "../conversations/store.ts";
import type { Database } from "../db/database.ts";
import type { Tenant } from "../tenants/settings.ts";
import type { Prices } from "../usage/prices.ts";
import { Answer, type Ending } from "./answer.ts";
import { buildPrompt } from "./build-prompt.ts";
import { type Deadlines, StoppedByVisitor, TurnClock } from "./deadline.ts";
import { fitHistory } from "./fit-history.ts";
import { followTurn, NOTHING, suggestionsEvent, turnStart } from "./follow-turn.ts";
import type { Idempotency } from "./idempotency-store.ts";
import { keepEnd } from "./keep-end.ts";
import { openTurnInOrder } from "./open-turn.ts";
import type { OpenedTurn } from "./opened-turn.ts";
import type { TurnClaim } from "./place-store.ts";
import type { ChatModel, ChatModelRequest, Retriever, TenantModels } from "./ports.ts";
import type { RunningTurns } from "./running-turns.ts";
import { suggestFollowUps } from "./suggest-follow-ups.ts";
import { findSource } from "./turn-source.ts";
import { fitPassages, PASSAGE_TOKENS, worstCase } from "./worst-case.ts";

/** More than any sensible budget holds; it bounds the read. */
const MAX_HISTORY_MESSAGES = 100;

export interface TurnDeps {
  readonly database: Database;
  readonly models: TenantModels;
  readonly retriever: Retriever;
  readonly running: RunningTurns;
  readonly prices: Prices;
  readonly budgets: Budgets;
  readonly limits: {
    readonly historyTokens: number;
    readonly answerTokens: number;
  };
  /** How long a turn waits for the one before it in its conversation. */
  readonly lockWaitMs: number;
  /** Whether so many ids were guessed from there that an id alone opens nothing any more. */
  readonly isBlocked: (tenantId: string, network: string) => Promise<boolean>;
  readonly now: () => number;
  /** Gets the causes that visitors must not see. */
  readonly onFailure: (turn: OpenedTurn, error: unknown) => void;
}

/** A validated message with its caller's rights; nothing of HTTP. */
export interface TurnInput {
  readonly tenant: Tenant;
  readonly claim: TurnClaim;
  /** Where it comes from, as limits count it. */
  readonly network: string;
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
 * Runs one turn: opens it, retrieves, asks the model, keeps the answer, and tells each step as an event. A turn that is on
 * record already is told from there.
 * It must be read to its end whoever listens: leaving a turn stops nothing.
 *
 * @param closed aborted when its reader has gone: ends the telling of a turn that is not run by this call
 * @throws OrchaError before the first event only; afterwards a failure is the last event
 */
export async function* runTurn(
  deps: TurnDeps,
  input: TurnInput,
  closed: () => AbortSignal,
): AsyncGenerator<TurnEvent, void> {
  const model = await deps.models.modelOf(input.tenant);
  const opened = await openTurnInOrder(deps, {
    tenantId: input.tenant.id,
    conversationId: input.conversationId,
    claim: input.claim,
    network: input.network,
    offeredOwner: input.offeredOwner,
    text: input.text,
    replaceMessageId: input.replaceMessageId,
    idempotency: input.idempotency,
    budgeted: budgetedTurn(deps, input, model),
  });
  if ("tells" in opened) {
    const source = findSource(deps, input.tenant, opened.tells);
    return yield* followTurn(source, opened.tells, NOTHING, closed());
  }
  const clock = new TurnClock(input.deadlines);
  const answer = new Answer(opened.conversationId);
  using running = deps.running.add(input.tenant.id, opened, clock, answer);
  yield turnStart(opened);

  let ending: Ending = { state: "done" };
  try {
    const request = await prepare(deps, { ...input, model }, opened);
    answer.request = request;
    if (request.contexts) {
      answer.contexts = [...request.contexts];
      running.changed();
      yield { event: "contexts", data: { contexts: answer.contexts } };
    }

    clock.signal.throwIfAborted();
    for await (const part of model.stream(request, clock.signal)) {
      const text = answer.add(part, clock);
      if (!text) continue;
      running.changed();
      yield { event: "text-delta", data: { text } };
      // Leaving closes the provider's socket.
      if (answer.finishEndless(deps.limits.answerTokens, model.name)) break;
    }
    if (!answer.finish || answer.length === 0) throw new OrchaError("model_unavailable");
  } catch (error) {
    const failure = clock.reason ?? error;
    ending = endingOf(failure);
    if (ending.state === "failed") deps.onFailure(opened, failure);
  }
  const rest = answer.flush();
  if (rest) yield { event: "text-delta", data: { text: rest } };
  clock.stop();

  const end = await keepEnd({ ...deps, model }, running, ending);
  const { contexts, text } = answer;
  const suggestions = input.tenant.settings.suggestions
    ? suggestFollowUps({ question: input.text, contexts, text, end })
    : undefined;
  running.finish(end, suggestions);
  yield* suggestionsEvent(suggestions);
  yield end;
}

async function prepare(
  deps: TurnDeps,
  input: TurnInput & { readonly model: ChatModel },
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

  const found = wantsRetrieval(input.model, input)
    ? await deps.retriever.retrieve(tenantId, input.text, history)
    : undefined;
  const isHeld = turn.account.reservation !== undefined;
  return buildPrompt({
    instructions: settings.prompt ?? undefined,
    page: input.page,
    history,
    text: input.text,
    retrieval: found && isHeld ? fitPassages(found, PASSAGE_TOKENS) : found,
    maxOutputTokens: deps.limits.answerTokens,
  });
}

function wantsRetrieval(model: ChatModel, { useRag, tenant }: TurnInput): boolean {
  return model.alwaysRetrieves || (useRag ?? tenant.settings.retrieval === "always");
}

/** What its budgets need to know; undefined when its tenant has none. */
function budgetedTurn(
  { limits }: TurnDeps,
  input: TurnInput,
  model: ChatModel,
): BudgetedTurn | undefined {
  const { budget, prompt } = input.tenant.settings;
  if (!hasBudget(budget)) return undefined;
  const worst = worstCase(
    { model, limits },
    {
      instructions: prompt ?? undefined,
      page: input.page,
      text: input.text,
      isNew: input.conversationId === undefined,
      retrieves: wantsRetrieval(model, input),
    },
  );
  return { budget, worst };
}

function endingOf(failure: unknown): Ending {
  if (failure instanceof StoppedByVisitor) return { state: "stopped" };
  return { state: "failed", code: failure instanceof OrchaError ? failure.code : "internal" };
}
