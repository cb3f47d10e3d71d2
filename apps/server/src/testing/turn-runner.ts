import { storedTenantSettingsSchema, type TurnEvent } from "@orcha/contract";
import { Budgets } from "../budgets/budgets.ts";
import type { Database } from "../db/database.ts";
import { setUpDatabase } from "../tenants/set-up.ts";
import type { Tenant } from "../tenants/settings.ts";
import type { ChatModel, ChatModelRequest, ModelPart } from "../turns/ports.ts";
import { runTurn, type TurnDeps, type TurnInput } from "../turns/run-turn.ts";
import { RunningTurns } from "../turns/running-turns.ts";
import { createPrices } from "../usage/prices.ts";

export const TENANT = "external_widget";

/** The answer, and what it is said to have used; it may wait or throw in between. */
export type Speech = (
  request: ChatModelRequest,
  signal: AbortSignal,
) => AsyncIterable<string> | Iterable<string>;

export interface RunnerOptions {
  readonly speak?: Speech;
  readonly usage?: { readonly inputTokens: number; readonly outputTokens: number };
  readonly model?: ChatModel;
  readonly answerTokens?: number;
  readonly now?: () => number;
}

/** One process that runs turns, without a server around it. */
export interface TurnRunner {
  readonly budgets: Budgets;
  readonly running: RunningTurns;
  /** Models that were told to have no price. */
  readonly unpriced: string[];
  /** What the model was asked, in order. */
  readonly requests: ChatModelRequest[];
  speak: Speech;
  /** Runs a turn to its last event. */
  run(change?: Partial<TurnInput>, settings?: object): Promise<TurnEvent>;
}

export async function startRunner(
  database: Database,
  options: RunnerOptions = {},
): Promise<TurnRunner> {
  const now = options.now ?? Date.now;
  const visitorKey = await setUpDatabase(database, { tenantId: TENANT, userId: 1, now: now() });
  const prices = createPrices({ database });
  const unpriced: string[] = [];
  const onUnpriced = (_: string, models: readonly string[]) => void unpriced.push(...models);
  const budgets = new Budgets({ database, prices, visitorKey, onUnpriced });
  const running = new RunningTurns();
  const requests: ChatModelRequest[] = [];
  const runner: TurnRunner = {
    budgets,
    running,
    unpriced,
    requests,
    speak: options.speak ?? (() => ["Noted."]),
    run: (change, settings) => lastEvent(runTurn(deps, turnInput(change, settings), signal)),
  };
  const usage = options.usage ?? { inputTokens: 7, outputTokens: 3 };
  const model = options.model ?? speakingModel(runner, usage);
  const signal = () => new AbortController().signal;
  const deps: TurnDeps = {
    database,
    models: { modelOf: async () => model, findProblem: async () => undefined },
    retriever: { retrieve: async () => ({ contexts: [], corpusIsEmpty: false }) },
    running,
    prices,
    budgets,
    limits: { historyTokens: 1_000, answerTokens: options.answerTokens ?? 50 },
    lockWaitMs: 5_000,
    isBlocked: async () => false,
    now,
    onFailure: () => {},
  };
  return runner;
}

function speakingModel(
  runner: TurnRunner,
  usage: { readonly inputTokens: number; readonly outputTokens: number },
): ChatModel {
  return {
    name: "scripted/one",
    alwaysRetrieves: false,
    async *stream(request, signal): AsyncGenerator<ModelPart> {
      runner.requests.push(request);
      for await (const text of runner.speak(request, signal)) yield { type: "text", text };
      yield { type: "finish", finishReason: "stop", usage, model: "scripted/one" };
    },
  };
}

function turnInput(change: Partial<TurnInput> = {}, settings: object = {}): TurnInput {
  const tenant: Tenant = {
    id: TENANT,
    settings: storedTenantSettingsSchema.parse({ name: "Shop", ...settings }),
  };
  return {
    tenant,
    claim: {
      label: "",
      userId: 1,
      isUserVerified: false,
      owner: null,
      handsOver: null,
      strict: false,
    },
    network: "192.0.2.1",
    offeredOwner: null,
    conversationId: undefined,
    text: "Hi",
    useRag: undefined,
    replaceMessageId: undefined,
    idempotency: undefined,
    page: undefined,
    deadlines: { firstTokenMs: 20_000, totalMs: 20_000 },
    ...change,
  };
}

async function lastEvent(events: AsyncIterable<TurnEvent>): Promise<TurnEvent> {
  let last: TurnEvent | undefined;
  for await (const event of events) last = event;
  if (!last) throw new Error("A turn has an end");
  return last;
}
