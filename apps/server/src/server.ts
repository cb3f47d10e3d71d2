import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { type ErrorCode, OrchaError } from "@orcha/contract";
import type { Hono } from "hono";
import type { Logger } from "pino";
import { createApp } from "./app.ts";
import type { Config } from "./config/config.ts";
import { askDatabase } from "./db/ask-database.ts";
import type { Database } from "./db/database.ts";
import { OpenAnswers } from "./http/open-answers.ts";
import { createLabelRecorder, createTenantResolver } from "./tenants/resolve-tenant.ts";
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
  readonly pages: readonly Hono[];
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

  const app = buildApp(parts, { visitorKey, running, now });
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

function buildApp(parts: ServerParts, state: ProcessState): ReturnType<typeof createApp> {
  const { config, database, log } = parts;
  const { now, running } = state;
  const isDraining = () => running.leaving.aborted;
  const defaultTenantId = config.DEFAULT_WIDGET_TENANT_ID;
  const resolveTenant = createTenantResolver({
    database,
    defaultTenantId,
    unknownTenants: config.ORCHA_UNKNOWN_TENANTS,
  });
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
    now,
    onFailure: (turn, error) => logFailure(log, turn.turnId, error),
  };
  const openAnswers = new OpenAnswers({
    total: config.ORCHA_MAX_OPEN_ANSWERS,
    perVisitor: config.ORCHA_MAX_OPEN_ANSWERS_PER_VISITOR,
  });
  const firstTokenMs = config.ORCHA_FIRST_TOKEN_SECONDS * 1000;
  const caller = { visitorKey: state.visitorKey, publicUrl: config.ORCHA_PUBLIC_URL };
  return createApp({
    chat: {
      database,
      turns,
      resolveTenant,
      recordLabel: createLabelRecorder({ database, defaultTenantId, now }),
      caller,
      defaultUserId: config.DEFAULT_WIDGET_USER_ID,
      defaultTenantId: config.DEFAULT_WIDGET_TENANT_ID,
      maxTextChars: config.ORCHA_MAX_TEXT_CHARS,
      jsonDeadlines: { firstTokenMs, totalMs: config.ORCHA_JSON_ANSWER_SECONDS * 1000 },
      streamDeadlines: { firstTokenMs, totalMs: config.ORCHA_STREAM_ANSWER_SECONDS * 1000 },
      openAnswers,
      isDraining,
    },
    conversations: { database, resolveTenant, caller, now },
    turns: { database, running, resolveTenant, caller, openAnswers, now },
    health: { askDatabase: () => askDatabase(database), isDraining },
    log,
    version: parts.version,
    pages: parts.pages,
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
