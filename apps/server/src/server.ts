import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { type ErrorCode, OrchaError } from "@orcha/contract";
import type { Hono } from "hono";
import type { Logger } from "pino";
import { createApp } from "./app.ts";
import type { Config } from "./config/config.ts";
import type { Database } from "./db/database.ts";
import { createGate } from "./gate.ts";
import type { Route } from "./http/access/route.ts";
import type { Env } from "./http/context.ts";
import { createMissLimit, NO_MISS_LIMIT } from "./limits/misses.ts";
import { createRateLimits, UNLIMITED } from "./limits/rate-limits.ts";
import { apiRoutes } from "./routes.ts";
import { createTenantResolver, type TenantResolver } from "./tenants/resolve-tenant.ts";
import { prepareDatabase } from "./tenants/set-up.ts";
import type { ChatModel, Retriever } from "./turns/ports.ts";
import type { TurnDeps } from "./turns/run-turn.ts";
import { RunningTurns } from "./turns/running-turns.ts";
import { startUpkeep } from "./turns/upkeep.ts";

const LOCK_WAIT_MS = 30_000;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 20_000;

export interface ServerParts {
  readonly config: Config;
  readonly database: Database;
  readonly model: ChatModel;
  readonly retriever: Retriever;
  readonly log: Logger;
  readonly version: string;
  /** What is served beside the API: the widget's files, and the demo page where it is wanted. */
  readonly pages: (resolveTenant: TenantResolver) => Promise<readonly Route[]>;
}

/** A server that takes requests. It does not own the parts it was given. */
export interface RunningServer {
  /** Where it listens, as this machine reaches it. */
  readonly url: string;
  /** Stops being ready, lets running answers finish within the drain time, cuts the rest, and ends. */
  stop(): Promise<void>;
}

/**
 * Makes the database ready and serves.
 * @throws SetUpError when the database lacks the default tenant or user
 */
export async function startServer(parts: ServerParts): Promise<RunningServer> {
  const { config, database, log } = parts;
  const now = Date.now;
  const visitorKey = await prepareDatabase(database, {
    tenantId: config.DEFAULT_WIDGET_TENANT_ID,
    userId: config.DEFAULT_WIDGET_USER_ID,
    now: now(),
  });
  const running = new RunningTurns();
  const upkeep = await startUpkeep({
    database,
    running,
    now,
    onError: (task, error) => log.warn({ err: error, task }, "A task of the turns failed"),
  });

  const app = await buildApp(parts, { visitorKey, running, now });
  const answer = getRequestListener(app.fetch);
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: 1000,
    },
    (incoming, outgoing) => void answer(incoming, outgoing),
  );
  server.listen(config.PORT, config.HOST);
  await once(server, "listening");

  return {
    url: addressOf(server),
    async stop() {
      // New connections are refused at once, which every balancer answers by asking another server; on open ones 503 is told.
      const closed = once(server, "close");
      server.close();
      server.closeIdleConnections();
      await running.drain(config.ORCHA_DRAIN_SECONDS * 1000);
      server.closeIdleConnections();
      const late = setTimeout(() => server.closeAllConnections(), 1000);
      await closed;
      clearTimeout(late);
      upkeep[Symbol.dispose]();
    },
  };
}

interface ProcessState {
  readonly visitorKey: string;
  readonly running: RunningTurns;
  readonly now: () => number;
}

async function buildApp(parts: ServerParts, state: ProcessState): Promise<Hono<Env>> {
  const { config, database, log } = parts;
  const { now, running, visitorKey } = state;
  const resolveTenant = createTenantResolver({
    database,
    defaultTenantId: config.DEFAULT_WIDGET_TENANT_ID,
    unknownTenants: config.ORCHA_UNKNOWN_TENANTS,
  });
  const isLimited = config.ORCHA_RATE_LIMITS === "on";
  const limits = isLimited ? createRateLimits() : UNLIMITED;
  const misses = isLimited ? createMissLimit({ database, key: visitorKey, now }) : NO_MISS_LIMIT;
  const visitor = { visitorKey, publicUrl: config.ORCHA_PUBLIC_URL };
  const turns: TurnDeps = {
    database,
    model: parts.model,
    retriever: parts.retriever,
    running,
    limits: {
      historyTokens: config.ORCHA_MAX_HISTORY_TOKENS,
      answerTokens: config.ORCHA_MAX_ANSWER_TOKENS,
    },
    lockWaitMs: LOCK_WAIT_MS,
    isBlocked: misses.isBlocked,
    now,
    onFailure: (turn, error) => logFailure(log, turn.turnId, error),
  };
  const { version } = parts;
  const api = apiRoutes({ config, database, turns, visitor, limits, version, now });
  return createApp({
    routes: [...api, ...(await parts.pages(resolveTenant))],
    gate: createGate({ config, database, resolveTenant, visitor, limits, misses, log, now }),
    log,
  });
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

function addressOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo; // a TCP server that listens has one
  const anywhere = address === "0.0.0.0" || address === "::" || address === "127.0.0.1";
  const host = anywhere ? "localhost" : family === "IPv6" ? `[${address}]` : address;
  return `http://${host}:${port}`;
}
