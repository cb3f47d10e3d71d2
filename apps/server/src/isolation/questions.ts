import { API_PATH } from "@orcha/contract";
import { STAFF_QUESTIONS } from "./staff-questions.ts";
import { VISITOR_QUESTIONS } from "./visitor-questions.ts";
import type { Caller, Place, World } from "./world.ts";

/** A route of the server, with those that it is for. */
export interface AskedRoute {
  readonly method: string;
  /** With parameters as `:id`. */
  readonly path: string;
  readonly policy: { readonly for: "everyone" | "visitors" | "staff"; readonly tenantIn?: string };
}

/** One request to a route; its tenant_id comes with the place where it is asked. */
export interface Question {
  /** What stands for the parameters of the path. */
  readonly path?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
}

export interface Questions {
  /** What somebody asks somewhere for what may be others'. Whatever it may change must be somebody else's. */
  readonly ask: (world: World, caller: Caller, place: Place) => readonly Question[];
  /** True when those who may must be shown a canary, without which the question proves nothing. */
  readonly shows: boolean;
}

/** The questions for a route; undefined for one that nobody has thought of yet. */
export function questionsFor({ method, path, policy }: AskedRoute): Questions | undefined {
  const known = { ...VISITOR_QUESTIONS, ...STAFF_QUESTIONS };
  const name = `${method} ${path.replace(API_PATH, "")}`;
  if (Object.hasOwn(known, name)) return known[name];
  const isPage = policy.for === "everyone" && method === "GET" && !path.includes(":");
  return isPage ? { ask: () => [{}], shows: false } : undefined;
}
