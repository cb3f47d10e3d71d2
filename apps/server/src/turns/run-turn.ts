import { createHash } from "node:crypto";
import {
  type ChatData,
  type Context,
  ERRORS,
  type ErrorCode,
  OrchaError,
  type PageContext,
  type TurnEvent,
} from "@orcha/contract";
import { readHistory } from "../conversations/store.ts";
import type { Database } from "../db/database.ts";
import type { Tenant } from "../tenants/settings.ts";
import { buildPrompt } from "./build-prompt.ts";
import { CleanTextStream } from "./clean-text.ts";
import { type Deadlines, TurnClock } from "./deadline.ts";
import { estimateTokens, fitHistory } from "./fit-history.ts";
import { openTurnInOrder } from "./open-turn.ts";
import type { ChatModel, ChatModelRequest, ModelPart, Retriever } from "./ports.ts";
import type { RunningTurns } from "./running-turns.ts";
import { closeTurn, type OpenedTurn, type TurnClaim, type TurnOutcome } from "./store.ts";

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
    readonly lockWaitMs: number;
  };
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
  const turn = await openTurnInOrder(deps, input);
  const clock = new TurnClock(input.deadlines);
  using _running = deps.running.add(clock);
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

/** What has been said so far, and how the turn ends with it. */
class Answer {
  contexts: Context[] | undefined;
  request: ChatModelRequest | undefined;
  finish: Extract<ModelPart, { type: "finish" }> | undefined;
  #text = "";
  #firstTokenMs: number | null = null;
  readonly #cleaner = new CleanTextStream();
  readonly #conversationId: number;

  constructor(conversationId: number) {
    this.#conversationId = conversationId;
  }

  get isEmpty(): boolean {
    return this.#text === "";
  }

  add(part: ModelPart, clock: TurnClock): string {
    if (part.type === "finish") {
      this.finish = part;
      return "";
    }
    if (this.#firstTokenMs === null) {
      clock.firstToken();
      this.#firstTokenMs = clock.elapsedMs();
    }
    return this.#append(this.#cleaner.push(part.text));
  }

  flush(): string {
    return this.#append(this.#cleaner.flush());
  }

  #append(text: string): string {
    this.#text += text;
    return text;
  }

  outcome(code: ErrorCode | undefined, clock: TurnClock): TurnOutcome {
    return {
      state: code ? "failed" : "done",
      text: this.#text,
      contexts: this.contexts ? JSON.stringify(this.contexts) : null,
      errorCode: code ?? null,
      finishReason: code ? "cut" : (this.finish?.finishReason ?? "stop"),
      model: this.finish?.model ?? null,
      ...this.#usage(),
      firstTokenMs: this.#firstTokenMs,
      totalMs: clock.elapsedMs(),
    };
  }

  /** As the provider counted, else estimated from what went in and came out. */
  #usage(): { inputTokens: number; outputTokens: number } {
    if (this.finish?.usage) return this.finish.usage;
    if (!this.request) return { inputTokens: 0, outputTokens: 0 };
    const messages = this.request.messages.map((message) => estimateTokens(message.text));
    const inputTokens = messages.reduce((a, b) => a + b, estimateTokens(this.request.system));
    return { inputTokens, outputTokens: estimateTokens(this.#text) };
  }

  turnEnd(outcome: TurnOutcome): TurnEvent {
    return {
      event: "turn-end",
      data: {
        success: true,
        message: "",
        data: this.#data(),
        usage: { input_tokens: outcome.inputTokens, output_tokens: outcome.outputTokens },
        model: outcome.model ?? "",
        finish_reason: outcome.finishReason ?? "stop",
        sha256: createHash("sha256").update(this.#text).digest("hex"),
      },
    };
  }

  turnError(code: ErrorCode): TurnEvent {
    const { message, retryable } = ERRORS[code];
    const data = this.#data();
    return { event: "turn-error", data: { success: false, message, data, code, retryable } };
  }

  #data(): ChatData {
    const data: ChatData = { text: this.#text, conversation_id: this.#conversationId };
    return this.contexts ? { ...data, contexts: this.contexts } : data;
  }
}
