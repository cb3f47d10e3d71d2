import type { Canaries, Canary } from "./canaries.ts";
import { queryOf } from "./plant-conversations.ts";
import { type AskedRoute, type Question, questionsFor } from "./questions.ts";
import { forEachAtOnce, send } from "./request.ts";
import { type Caller, INSTALLATION, type Place, placeOf, type World } from "./world.ts";

const AT_ONCE = 8;

/** What came of all questions to one route. */
export interface RouteFindings {
  /** `GET /api/v1/orcha/me`. */
  readonly route: string;
  /** For each kind of caller: how many requests, and how many were granted. */
  readonly asked: Map<Caller["kind"], { requests: number; granted: number }>;
  /** How often somebody was shown what they may see. */
  own: number;
  /** Whether that must happen, so that the question is a question at all. */
  readonly mustShow: boolean;
  readonly leaks: Leak[];
  /** What no route may answer: 500 and above. */
  readonly errors: string[];
}

export interface Leak {
  readonly caller: string;
  readonly place: string;
  /** What was asked for, without credentials. */
  readonly request: string;
  readonly canary: Canary;
}

/** Asks every route everywhere as everybody, and names the routes that no question is known for. */
export async function askEverything(
  world: World,
  canaries: Canaries,
  routes: readonly AskedRoute[],
): Promise<{ readonly findings: RouteFindings[]; readonly unasked: string[] }> {
  const findings: RouteFindings[] = [];
  const unasked: string[] = [];
  for (const route of inOrder(routes)) {
    const name = `${route.method} ${route.path}`;
    const questions = questionsFor(route);
    if (!questions) {
      unasked.push(name);
      continue;
    }
    const found: RouteFindings = {
      route: name,
      asked: new Map(),
      own: 0,
      mustShow: questions.shows,
      leaks: [],
      errors: [],
    };
    findings.push(found);
    const all = placesOf(route, world).flatMap((place) =>
      world.callers.flatMap((caller) =>
        questions.ask(world, caller, place).map((question) => ({ caller, place, question })),
      ),
    );
    await forEachAtOnce(all, AT_ONCE, (one) => askOne({ world, canaries, route, found }, one));
  }
  return { findings, unasked };
}

/** Lists are read and things deleted before the questions themselves have said anything that would stand there. */
function inOrder(routes: readonly AskedRoute[]): AskedRoute[] {
  const rank = ({ method }: AskedRoute) => (method === "GET" ? 0 : method === "DELETE" ? 1 : 2);
  return [...routes].sort((a, b) => rank(a) - rank(b));
}

function placesOf(route: AskedRoute, world: World): readonly Place[] {
  if (route.policy.for === "staff") return [...world.places, INSTALLATION];
  return world.places;
}

async function askOne(
  about: {
    readonly world: World;
    readonly canaries: Canaries;
    readonly route: AskedRoute;
    readonly found: RouteFindings;
  },
  { caller, place, question }: { caller: Caller; place: Place; question: Question },
): Promise<void> {
  const { world, canaries, route, found } = about;
  const request = toRequest(route, caller, place, question);
  const { status, headers, text } = await send(world.origin, request);

  const count = found.asked.get(caller.kind) ?? { requests: 0, granted: 0 };
  count.requests += 1;
  if (status < 300 && headers["x-orcha-error"] === undefined) count.granted += 1;
  found.asked.set(caller.kind, count);

  const shown = `${request.method} ${request.path} ${JSON.stringify(request.body ?? "")}`;
  if (status >= 500) found.errors.push(`${status} for ${shown}`);
  const isForStaff = route.policy.for === "staff";
  const reading = { caller, place: placeOf(caller, place), isForStaff, question: shown };
  const seen = canaries.findIn(`${JSON.stringify(headers)} ${text}`, reading);
  found.own += seen.own.length;
  for (const canary of seen.leaked) {
    found.leaks.push({ caller: caller.name, place: place.name, request: shown, canary });
  }
}

function toRequest(route: AskedRoute, caller: Caller, place: Place, question: Question) {
  const { path = {}, query = {}, headers = {}, body } = question;
  const filled = route.path.replace(/:(\w+)(\{[^}]*\})?/g, (_, name) =>
    encodeURIComponent(path[name] ?? ""),
  );
  const isByBody = route.policy.tenantIn === "body";
  const tenant = isByBody && place.tenantId !== undefined && { tenant_id: place.tenantId };
  return {
    method: route.method,
    path: `${filled}${isByBody ? "" : queryOf(place, query)}`,
    headers: { ...headers, ...caller.headers },
    ...(body !== undefined && { body: { ...tenant, ...body } }),
  };
}
