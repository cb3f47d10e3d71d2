import { randomUUID } from "node:crypto";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { API_PATH, OrchaError } from "@orcha/contract";
import { Hono } from "hono";
import type { Logger } from "pino";
import { type GateDeps, mountRoutes } from "./http/access/mount.ts";
import type { Route } from "./http/access/route.ts";
import type { Env, RequestContext } from "./http/context.ts";
import { sendError, toOrchaError } from "./http/error-handler.ts";
import { preflight } from "./http/routes/preflight.ts";

export interface AppDeps {
  /** Everything that can be asked for, each with the policy that says by whom. */
  readonly routes: readonly Route[];
  readonly gate: GateDeps;
  readonly log: Logger;
}

/** Mounts the routes behind their policies, and the error handler. */
export function createApp({ routes, gate, log }: AppDeps): Hono<Env> {
  const app = new Hono<Env>({ strict: true });
  app.use(observe(log));
  app.options(`${API_PATH}/*`, preflight);
  mountRoutes(app, routes, gate);

  const known = routes.map(({ path }) => patternOf(path));
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

/** One line per request: no message text, no credential, and no path, in which somebody may be named. */
function observe(log: Logger) {
  return async (c: RequestContext, next: () => Promise<void>) => {
    const started = performance.now();
    const requestId = randomUUID();
    c.set("requestId", requestId);
    await next();
    log.info({
      requestId,
      method: c.req.method,
      route: c.get("route") ?? "none",
      status: c.env.outgoing.headersSent ? c.env.outgoing.statusCode : c.res.status,
      ms: Math.round(performance.now() - started),
    });
  };
}

/** Matches a path that some method serves, so that another method there is told apart from nothing there. */
function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/:\w+(\{[^}]*\})?/g, "[^/]+")}$`);
}

/** What is mounted without a policy: nothing may be. */
export function routesWithoutPolicy(app: Hono<Env>, routes: readonly Route[]): string[] {
  const listed = new Set(routes.map(({ method, path }) => `${method} ${path}`));
  return app.routes
    .filter(({ method }) => method !== "ALL" && method !== "OPTIONS")
    .map(({ method, path }) => `${method} ${path}`)
    .filter((route) => !listed.has(route));
}
