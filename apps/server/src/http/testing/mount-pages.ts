import { Hono } from "hono";
import type { OpenRoute, Route } from "../access/route.ts";
import type { Env } from "../context.ts";

/** An app of pages alone, which need no gate. */
export function mountPages(routes: readonly Route[]): Hono<Env> {
  const app = new Hono<Env>();
  for (const route of routes) {
    if (!isPage(route)) throw new TypeError(`${route.path} is no page`);
    app.on(route.method, route.path, route.handle);
  }
  return app;
}

const isPage = (route: Route): route is OpenRoute => route.policy.for === "everyone";
