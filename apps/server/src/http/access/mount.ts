import { type ErrorCode, OrchaError } from "@orcha/contract";
import type { Hono } from "hono";
import type { Env, RequestContext } from "../context.ts";
import { tenantParameter } from "../parameters.ts";
import { bearerOf, isSecretKey } from "./credentials.ts";
import type {
  Admission,
  Admit,
  BodyRoute,
  OpenRoute,
  Route,
  StaffRoute,
  VisitorRoute,
} from "./route.ts";
import { admitStaff, type StaffGateDeps } from "./staff-gate.ts";
import { admitVisitor, type VisitorGateDeps } from "./visitor-gate.ts";

export interface GateDeps extends VisitorGateDeps, StaffGateDeps {
  /** Where a request comes from, as limits count it. */
  readonly networkOf: (c: RequestContext) => string;
  /** Counts a request of a network, or of a key. @throws OrchaError `rate_limited` */
  readonly limitRequests: (sender: string) => void;
  /** Counts a question for what is not the caller's. @throws OrchaError `rate_limited` when they were too many */
  readonly countMiss: (admission: Admission) => Promise<void>;
}

/** What a question for somebody else's thing is answered with. */
const MISSES: readonly ErrorCode[] = ["conversation_not_found", "user_not_found", "not_found"];

/** Mounts every route behind its policy: there is no other way to reach a handler. */
export function mountRoutes(app: Hono<Env>, routes: readonly Route[], deps: GateDeps): void {
  for (const route of routes) {
    app.on(route.method, route.path, (c) => {
      c.set("route", route.path);
      if (isOpen(route)) return route.handle(c);
      return isForStaff(route) ? answerStaff(c, route, deps) : answerVisitor(c, route, deps);
    });
  }
}

async function answerStaff(c: RequestContext, route: StaffRoute, deps: GateDeps) {
  const admit = () => admitStaff(c, deps, route.policy);
  const staff = await limited(deps, deps.networkOf(c), hasSecretKey(c), admit);
  if (staff.actor.kind === "key") deps.limitRequests(`key ${staff.actor.id}`);
  return await route.handle(c, staff);
}

async function answerVisitor(c: RequestContext, route: VisitorRoute | BodyRoute, deps: GateDeps) {
  const network = deps.networkOf(c);
  const beforeSignIn = "beforeSignIn" in route.policy && route.policy.beforeSignIn;
  const hasLimitOfItsOwn = isByBody(route) || hasSecretKey(c);
  let admission: Admission | undefined;
  const admit: Admit = async (named) => {
    admission = await limited(deps, network, hasLimitOfItsOwn, () =>
      admitVisitor(c, deps, { named, network, beforeSignIn, isToWrite: isByBody(route) }),
    );
    return admission;
  };
  try {
    if (isByBody(route)) return await route.handle(c, admit);
    const admitted = await admit(tenantParameter(c));
    if (admitted.caller.kind === "key") deps.limitRequests(`key ${admitted.caller.keyId}`);
    return await route.handle(c, admitted);
  } catch (error) {
    const isMiss = error instanceof OrchaError && MISSES.includes(error.code);
    // A server with a key may ask for any user of its tenant: there is nothing to guess.
    if (isMiss && admission && admission.caller.kind !== "key") await deps.countMiss(admission);
    throw error;
  }
}

/** Counts a request before it costs anything; one that is limited otherwise when it gets in counts when it does not. */
async function limited<T>(
  deps: GateDeps,
  network: string,
  hasLimitOfItsOwn: boolean,
  admit: () => Promise<T>,
): Promise<T> {
  if (!hasLimitOfItsOwn) deps.limitRequests(network);
  try {
    return await admit();
  } catch (error) {
    if (hasLimitOfItsOwn) deps.limitRequests(network);
    throw error;
  }
}

function hasSecretKey(c: RequestContext): boolean {
  const token = bearerOf(c);
  return token !== undefined && isSecretKey(token);
}

const isOpen = (route: Route): route is OpenRoute => route.policy.for === "everyone";
const isForStaff = (route: Route): route is StaffRoute => route.policy.for === "staff";
const isByBody = (route: VisitorRoute | BodyRoute): route is BodyRoute =>
  route.policy.tenantIn === "body";
