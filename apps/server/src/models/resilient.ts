import { setTimeout as delay } from "node:timers/promises";
import type { OrchaError } from "@orcha/contract";
import type { ChatModel, ChatModelRequest, ModelPart } from "../turns/ports.ts";
import { type Breaker, type BreakerCall, type BreakerOptions, createBreaker } from "./breaker.ts";
import { faultOf, ModelFault, modelError } from "./model-fault.ts";
import { type CallLimits, TimedCall } from "./timed-call.ts";

export interface ResilienceOptions extends CallLimits {
  /** @default { failures: 5, pauseMs: 10_000 } */
  readonly breaker?: BreakerOptions | undefined;
}

/** One call of one model that failed, whether or not a retry or another model saved the turn: for the log. */
export interface ModelFailure {
  /** As `provider/model`. */
  readonly model: string;
  /** With the provider's own words. */
  readonly fault: ModelFault;
  /** True when a part of the answer had gone out already, so that nothing else could be tried. */
  readonly midAnswer: boolean;
}

export interface ResilienceDeps {
  readonly onFailure?: ((failure: ModelFailure) => void) | undefined;
  /** Monotonic milliseconds. */
  readonly now?: (() => number) | undefined;
  /** At least 0, below 1. */
  readonly random?: (() => number) | undefined;
  /** Rejects when the signal is aborted before the time is over. */
  readonly wait?: ((milliseconds: number, signal: AbortSignal) => Promise<unknown>) | undefined;
}

const BREAKER: BreakerOptions = { failures: 5, pauseMs: 10_000 };
/** The first and one retry. */
const TRIES = 2;
const MAX_BACKOFF_MS = 400;
const MAX_RETRY_AFTER_MS = 5_000;

/**
 * A chain of models that answers as long as one of them does: time limits on each call, one retry of what may pass,
 * then the next model, and a breaker per model. Once a part has gone out a failure is final. When nobody answers, the
 * last failure is thrown; when the caller's signal is aborted, its reason.
 */
export function resilientModel(
  models: readonly [ChatModel, ...ChatModel[]],
  options: ResilienceOptions,
  deps: ResilienceDeps = {},
): ChatModel {
  const now = deps.now ?? (() => performance.now());
  const links = models.map((model) => ({
    model,
    breaker: createBreaker(options.breaker ?? BREAKER, now),
  }));
  const chain: Chain = {
    links,
    limits: options,
    onFailure: deps.onFailure ?? (() => {}),
    random: deps.random ?? Math.random,
    wait: deps.wait ?? ((milliseconds, signal) => delay(milliseconds, undefined, { signal })),
  };

  return {
    name: models[0].name,
    alwaysRetrieves: models[0].alwaysRetrieves,
    models: models.flatMap((model) => model.models ?? [model.name]),
    maxCalls: models.reduce((calls, model) => calls + TRIES * (model.maxCalls ?? 1), 0),
    async *stream(request, signal) {
      const answer = await beginAnswer(chain, request, signal);
      try {
        for (let part = answer.first; ; part = await continueAnswer(chain, answer, signal)) {
          if (part.type === "finish") answer.permit.succeeded();
          yield part;
          if (part.type === "finish") return;
        }
      } finally {
        answer.call.close();
        answer.permit.abandoned();
      }
    },
  };
}

interface Link {
  readonly model: ChatModel;
  readonly breaker: Breaker;
}

interface Chain {
  readonly links: readonly Link[];
  readonly limits: CallLimits;
  readonly onFailure: (failure: ModelFailure) => void;
  readonly random: () => number;
  readonly wait: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
}

/** An answer whose first part is there. */
interface Answer {
  readonly link: Link;
  readonly permit: BreakerCall;
  readonly call: TimedCall;
  readonly first: ModelPart;
}

async function beginAnswer(
  chain: Chain,
  request: ChatModelRequest,
  signal: AbortSignal,
): Promise<Answer> {
  let failure: OrchaError | undefined;
  for (const link of chain.links) {
    for (let mayRetry = true; ; mayRetry = false) {
      const permit = link.breaker.admit();
      if (permit === undefined) break;

      const begun = await beginCall(chain, link, permit, request, signal);
      if (!(begun instanceof ModelFault)) return begun;

      failure = modelError(begun);
      if (begun.kind === "blocked") throw failure;
      const pauseMs = mayRetry && !permit.isProbe ? retryPause(begun, chain.random) : undefined;
      if (pauseMs === undefined) break;
      await waitUnlessAborted(chain, pauseMs, signal);
    }
  }
  throw failure ?? modelError(new ModelFault("transient", "Every model failed moments ago"));
}

async function beginCall(
  chain: Chain,
  link: Link,
  permit: BreakerCall,
  request: ChatModelRequest,
  signal: AbortSignal,
): Promise<Answer | ModelFault> {
  const call = new TimedCall(link.model, request, signal, chain.limits);
  try {
    const first = await call.next();
    permit.answering();
    return { link, permit, call, first };
  } catch (error) {
    call.close();
    return recordFailure(chain, link, permit, error, signal, false);
  }
}

async function continueAnswer(chain: Chain, answer: Answer, signal: AbortSignal) {
  try {
    return await answer.call.next();
  } catch (error) {
    throw modelError(recordFailure(chain, answer.link, answer.permit, error, signal, true));
  }
}

function recordFailure(
  chain: Chain,
  link: Link,
  permit: BreakerCall,
  error: unknown,
  signal: AbortSignal,
  midAnswer: boolean,
): ModelFault {
  if (signal.aborted) {
    permit.abandoned();
    throw signal.reason;
  }
  const fault = faultOf(error);
  // A model that refuses this request is there; long messages of one visitor must not close it to all others.
  if (fault.kind === "transient" || fault.kind === "timeout") permit.failed();
  else permit.succeeded();
  chain.onFailure({ model: link.model.name, fault, midAnswer });
  return fault;
}

/** Milliseconds to wait before the retry; undefined when there is to be none. */
function retryPause(fault: ModelFault, random: () => number): number | undefined {
  const retryAfterMs = fault.retryAfterMs ?? 0;
  if (fault.kind !== "transient" || retryAfterMs > MAX_RETRY_AFTER_MS) return undefined;
  return retryAfterMs + random() * MAX_BACKOFF_MS;
}

async function waitUnlessAborted(chain: Chain, milliseconds: number, signal: AbortSignal) {
  try {
    await chain.wait(milliseconds, signal);
  } finally {
    // The timer's own abort error would hide why the caller left.
    signal.throwIfAborted();
  }
}
