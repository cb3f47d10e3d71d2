import { type ErrorCode, OrchaError } from "@orcha/contract";
import type { Logger } from "pino";
import { Budgets } from "./budgets/budgets.ts";
import type { Config } from "./config/config.ts";
import type { Database } from "./db/database.ts";
import { createMissLimit, type MissLimit, NO_MISS_LIMIT } from "./limits/misses.ts";
import { createRateLimits, type RateLimits, UNLIMITED } from "./limits/rate-limits.ts";
import { createSessionFinder, type SessionFinder } from "./operators/sessions.ts";
import { createTenantResolver, type TenantResolver } from "./tenants/resolve-tenant.ts";
import { openSealer } from "./tenants/secrets/open-sealer.ts";
import type { Sealer } from "./tenants/secrets/sealed-text.ts";
import { createTenantSecrets, type TenantSecrets } from "./tenants/secrets/tenant-secrets.ts";
import type { Retriever, TenantModels } from "./turns/ports.ts";
import type { TurnDeps } from "./turns/run-turn.ts";
import { RunningTurns } from "./turns/running-turns.ts";
import { createPrices, type Prices } from "./usage/prices.ts";

const LOCK_WAIT_MS = 30_000;

/** What a server is made of before it serves. */
export interface ServiceParts {
  readonly config: Config;
  readonly database: Database;
  readonly models: (secrets: TenantSecrets) => TenantModels;
  readonly retriever: Retriever;
  readonly searcher: Retriever;
  readonly log: Logger;
}

/** What the routes and the housekeeping work with. */
export interface Services {
  readonly config: Config;
  readonly database: Database;
  readonly log: Logger;
  readonly now: () => number;
  /** The installation's own secret. */
  readonly visitorKey: string;
  readonly resolveTenant: TenantResolver;
  readonly limits: RateLimits;
  readonly misses: MissLimit;
  readonly sealer: Sealer;
  readonly secrets: TenantSecrets;
  readonly prices: Prices;
  readonly budgets: Budgets;
  readonly turns: TurnDeps;
  /** Retrieval on its own, which may be asked for more passages than an answer needs. */
  readonly searcher: Retriever;
  readonly findSession: SessionFinder;
}

export function createServices(parts: ServiceParts, visitorKey: string): Services {
  const { config, database, log } = parts;
  const now = Date.now;
  const isLimited = config.ORCHA_RATE_LIMITS === "on";
  const misses = isLimited ? createMissLimit({ database, key: visitorKey, now }) : NO_MISS_LIMIT;
  const sealer = openSealer(config);
  const secrets = createTenantSecrets({
    database,
    sealer,
    onProblem: (tenantId, error) =>
      log.error({ tenantId, err: error }, "A tenant's secret cannot be opened"),
  });
  const prices = createPrices({ database });
  const budgets = new Budgets({
    database,
    prices,
    visitorKey,
    onUnpriced: (tenantId, models) =>
      log.error({ tenantId, models }, "A money budget refuses turns: its models have no price"),
  });
  return {
    config,
    database,
    log,
    now,
    visitorKey,
    resolveTenant: createTenantResolver({
      database,
      defaultTenantId: config.DEFAULT_WIDGET_TENANT_ID,
      unknownTenants: config.ORCHA_UNKNOWN_TENANTS,
    }),
    limits: isLimited ? createRateLimits() : UNLIMITED,
    misses,
    sealer,
    secrets,
    prices,
    budgets,
    searcher: parts.searcher,
    findSession: createSessionFinder({ database, now }),
    turns: {
      database,
      models: parts.models(secrets),
      retriever: parts.retriever,
      running: new RunningTurns(),
      prices,
      budgets,
      limits: {
        historyTokens: config.ORCHA_MAX_HISTORY_TOKENS,
        answerTokens: config.ORCHA_MAX_ANSWER_TOKENS,
      },
      lockWaitMs: LOCK_WAIT_MS,
      isBlocked: misses.isBlocked,
      now,
      onFailure: (turn, error) => logFailure(log, turn.turnId, error),
    },
  };
}

const MODEL_CODES: readonly ErrorCode[] = ["model_unavailable", "model_timeout", "answer_blocked"];

/** What a model did was logged where it was called, without the words of anybody; the rest is ours to look into. */
function logFailure(log: Logger, turnId: number, error: unknown): void {
  if (error instanceof OrchaError && MODEL_CODES.includes(error.code)) {
    log.warn({ turnId, code: error.code }, "A turn failed");
  } else {
    log.error({ turnId, err: error }, "A turn failed");
  }
}
