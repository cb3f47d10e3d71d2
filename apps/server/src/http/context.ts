import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";

/** What hono carries for us with each request. */
export interface Env {
  Bindings: HttpBindings;
  Variables: { requestId: string };
}
export type RequestContext = Context<Env>;
