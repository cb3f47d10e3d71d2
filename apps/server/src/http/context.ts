import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";

/** What hono carries for us with each request. */
export interface Env {
  Bindings: HttpBindings;
  Variables: {
    requestId: string;
    /** The path of the route that matched, with its parameters' names. */
    route?: string;
  };
}
export type RequestContext = Context<Env>;
