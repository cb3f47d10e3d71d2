import { randomUUID } from "node:crypto";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { API_PATH, OrchaError } from "@orcha/contract";
import { openApiDocument } from "@orcha/contract/openapi";
import { Hono } from "hono";
import type { Logger } from "pino";
import type { Env, RequestContext } from "./http/context.ts";
import { CHAT_PATH, sendError, toOrchaError } from "./http/error-handler.ts";
import { type ChatDeps, chatV2 } from "./http/routes/chat-v2.ts";
import { type ConversationsDeps, conversationMessages } from "./http/routes/conversations.ts";
import { type HealthDeps, healthz, readyz } from "./http/routes/health.ts";
import { preflight } from "./http/routes/preflight.ts";
import { type TurnsDeps, turnEvents, turnStop } from "./http/routes/turns.ts";
import { visitor } from "./http/routes/visitor.ts";
import { sendJson } from "./http/send.ts";

export interface AppDeps {
  readonly chat: ChatDeps;
  readonly conversations: ConversationsDeps;
  readonly turns: TurnsDeps;
  readonly health: HealthDeps;
  readonly log: Logger;
  readonly version: string;
  /** Routes of their own: the widget's files, and the demo page where it is wanted. */
  readonly pages: readonly Hono[];
}

/** Mounts the routes and the error handler. */
export function createApp(deps: AppDeps): Hono<Env> {
  const { chat, conversations, log } = deps;
  const app = new Hono<Env>({ strict: true });
  app.use(observe(log));

  app.options(`${API_PATH}/*`, preflight);
  app.post(CHAT_PATH, (c) => chatV2(c, chat));
  app.post(`${API_PATH}/visitor`, (c) => visitor(c, conversations));
  app.get(`${API_PATH}/conversations/:id/messages`, (c) => conversationMessages(c, conversations));
  app.get(`${API_PATH}/turns/:id/events`, (c) => turnEvents(c, deps.turns));
  app.post(`${API_PATH}/turns/:id/stop`, (c) => turnStop(c, deps.turns));
  app.get("/healthz", healthz);
  app.get("/readyz", (c) => readyz(c, deps.health));
  const openApi = openApiDocument(deps.version);
  app.get("/openapi.json", (c) =>
    sendJson(c, 200, openApi, { "Access-Control-Allow-Origin": "*" }),
  );
  for (const page of deps.pages) app.route("/", page);

  const known = knownPaths(app);
  app.notFound((c) => {
    const exists = known.some((path) => path.test(c.req.path));
    return sendError(c, new OrchaError(exists ? "method_not_allowed" : "not_found"));
  });
  app.onError((error, c) => {
    const shown = toOrchaError(error);
    // Causes of other refusals may hold what the visitor wrote.
    if (shown.code === "internal" || shown.code === "unavailable") {
      log.error({ requestId: c.get("requestId"), err: shown.cause ?? shown });
    }
    if (!c.env.outgoing.headersSent) return sendError(c, shown);
    c.env.outgoing.destroy(); // a half-sent answer cannot become an error any more
    return RESPONSE_ALREADY_SENT;
  });
  return app;
}

/** One line per request: no message text, no query string, no credential. */
function observe(log: Logger) {
  return async (c: RequestContext, next: () => Promise<void>) => {
    const started = performance.now();
    const requestId = randomUUID();
    c.set("requestId", requestId);
    await next();
    log.info({
      requestId,
      method: c.req.method,
      path: c.req.path,
      status: c.env.outgoing.headersSent ? c.env.outgoing.statusCode : c.res.status,
      ms: Math.round(performance.now() - started),
    });
  };
}

/** Paths that some method serves, so that another method there is told apart from nothing there. */
function knownPaths(app: Hono<Env>): RegExp[] {
  const paths = app.routes
    .filter(({ method }) => method !== "ALL" && method !== "OPTIONS")
    .map(({ path }) => path);
  return paths.map((path) => new RegExp(`^${path.replace(/:\w+(\{[^}]*\})?/g, "[^/]+")}$`));
}
