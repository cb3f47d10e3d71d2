import { openApiDocument } from "@orcha/contract/openapi";
import type { Config } from "./config/config.ts";
import { askDatabase } from "./db/ask-database.ts";
import type { Database } from "./db/database.ts";
import { openRoute, type Route } from "./http/access/route.ts";
import type { VisitorOptions } from "./http/access/visitor-credential.ts";
import { OpenAnswers } from "./http/open-answers.ts";
import { chatRoutes } from "./http/routes/chat-v2.ts";
import { conversationRoutes } from "./http/routes/conversations.ts";
import { healthz, readyz } from "./http/routes/health.ts";
import { turnRoutes } from "./http/routes/turns.ts";
import { visitorRoutes } from "./http/routes/visitor.ts";
import { sendJson } from "./http/send.ts";
import type { RateLimits } from "./limits/rate-limits.ts";
import { createLabelRecorder } from "./tenants/resolve-tenant.ts";
import type { TurnDeps } from "./turns/run-turn.ts";

export interface RoutesDeps {
  readonly config: Config;
  readonly database: Database;
  readonly turns: TurnDeps;
  readonly visitor: VisitorOptions;
  readonly limits: RateLimits;
  readonly version: string;
  readonly now: () => number;
}

/** Every route of the API, with its policy. */
export function apiRoutes(deps: RoutesDeps): readonly Route[] {
  const { config, database, turns, now } = deps;
  const { running } = turns;
  const isDraining = () => running.leaving.aborted;
  const defaultUserId = config.DEFAULT_WIDGET_USER_ID;
  const openAnswers = new OpenAnswers({
    total: config.ORCHA_MAX_OPEN_ANSWERS,
    perVisitor: config.ORCHA_MAX_OPEN_ANSWERS_PER_VISITOR,
  });
  const firstTokenMs = config.ORCHA_FIRST_TOKEN_SECONDS * 1000;
  return [
    ...chatRoutes({
      database,
      turns,
      recordLabel: createLabelRecorder({
        database,
        defaultTenantId: config.DEFAULT_WIDGET_TENANT_ID,
        now,
      }),
      visitor: deps.visitor,
      limitMessages: ({ tenant, caller, network }, owner) =>
        deps.limits.message({
          tenant,
          network,
          owner,
          keyId: caller.kind === "key" ? caller.keyId : undefined,
        }),
      defaultUserId,
      defaultTenantId: config.DEFAULT_WIDGET_TENANT_ID,
      maxTextChars: config.ORCHA_MAX_TEXT_CHARS,
      jsonDeadlines: { firstTokenMs, totalMs: config.ORCHA_JSON_ANSWER_SECONDS * 1000 },
      streamDeadlines: { firstTokenMs, totalMs: config.ORCHA_STREAM_ANSWER_SECONDS * 1000 },
      openAnswers,
      isDraining,
    }),
    ...visitorRoutes(deps.visitor),
    ...conversationRoutes({ database, defaultUserId, now }),
    ...turnRoutes({ database, running, defaultUserId, openAnswers, now }),
    openRoute("/healthz", healthz),
    openRoute("/readyz", (c) =>
      readyz(c, { askDatabase: () => askDatabase(database), isDraining }),
    ),
    openApiRoute(deps.version),
  ];
}

function openApiRoute(version: string): Route {
  const document = openApiDocument(version);
  return openRoute("/openapi.json", (c) =>
    sendJson(c, 200, document, { "Access-Control-Allow-Origin": "*" }),
  );
}
