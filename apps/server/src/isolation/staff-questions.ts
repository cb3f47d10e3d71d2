import type { Question, Questions } from "./questions.ts";
import {
  type Caller,
  type Named,
  type Place,
  placeOf,
  TOPIC,
  type World,
  worthAsking,
} from "./world.ts";

const PASSWORD_OF_NOBODY = "a secret of thirty-two bytes or more";

/** What is asked of the routes for operators and servers. */
export const STAFF_QUESTIONS: Readonly<Record<string, Questions>> = {
  "POST /search": {
    ask: (world) => [
      { body: { query: TOPIC } },
      ...world.tenants.map(({ id }) => ({ body: { query: TOPIC, tenant_id: id } })),
    ],
    shows: true,
  },
  "GET /usage": seen(() => [
    {},
    ...["day", "label", "user", "model", "tenant"].map((by) => ({ query: { group_by: by } })),
  ]),
  "GET /tokens/usage/:user_id": unseen(({ users }) =>
    users.map(({ id }) => ({ path: { user_id: id } })),
  ),

  "GET /admin/tenants": unseen(() => [{}]),
  "GET /admin/tenants/:tenant": seen(({ tenants }) =>
    tenants.map(({ id }) => ({ path: { tenant: id } })),
  ),
  "POST /admin/tenants": unseen(() => [
    { body: { id: "isolation-test-intruder", settings: { name: "Intruder" } } },
  ]),
  "PATCH /admin/tenants/:tenant": {
    ask: ({ tenants }, caller) =>
      tenants
        .filter(({ place }) => place !== caller.staffOf)
        .map(({ id }) => ({ path: { tenant: id }, body: { settings: { suspended: true } } })),
    shows: false,
  },
  "DELETE /admin/tenants/:tenant": unseen(({ tenants }) =>
    tenants.map(({ id }) => ({ path: { tenant: id }, body: { confirm: id } })),
  ),

  "GET /admin/keys": seen(() => [{}]),
  "POST /admin/keys": elsewhere(() => [{ body: { name: "Intruder", scopes: ["read"] } }]),
  "DELETE /admin/keys/:id": ofOthers("keys", ({ id }) => [{ path: { id } }]),

  "GET /admin/secrets": unseen(() => [{}]),
  "PUT /admin/secrets/:kind/:name": elsewhere(() => [
    { path: { kind: "jwt", name: "intruder" }, body: { value: PASSWORD_OF_NOBODY } },
  ]),
  "DELETE /admin/secrets/:kind/:name": elsewhere(() => [
    { path: { kind: "jwt", name: "intruder" } },
  ]),

  "GET /admin/users": seen(() => [{}]),
  "POST /admin/users": elsewhere(() => [{ body: { id: 66_600_666, name: "Intruder" } }]),
  "PATCH /admin/users/:id": ofOthers("users", ({ id }) => [
    { path: { id }, body: { name: "Intruder" } },
  ]),
  "DELETE /admin/users/:id": ofOthers("users", ({ id }) => [{ path: { id } }]),

  "GET /admin/operators": seen(() => [{}]),
  "POST /admin/operators": elsewhere((_, place) => [
    {
      body: {
        email: "intruder@isolation.invalid",
        name: "Intruder",
        grants: [{ tenant_id: place.tenantId ?? "*", role: "viewer" }],
      },
    },
  ]),
  "PATCH /admin/operators/:id": ofOthers("operators", ({ id }) => [
    { path: { id }, body: { disabled: true } },
  ]),
  "DELETE /admin/operators/:id": ofOthers("operators", ({ id }) => [{ path: { id } }]),
  "POST /admin/operators/:id/reset-link": ofOthers("operators", ({ id }) => [
    { path: { id }, body: {} },
  ]),
  "GET /admin/audit": seen(() => [{}]),

  "GET /admin/conversations": seen(listings),
  "GET /admin/conversations/export": seen(listings),
  "GET /admin/conversations/:id": {
    ask: ({ conversations }, caller, place) =>
      worthAsking(conversations, caller, place).map(({ id }) => ({ path: { id } })),
    shows: true,
  },
  "DELETE /admin/conversations/:id": ofOthers("conversations", ({ id }) => [{ path: { id } }]),
  "GET /admin/subjects/:subject": seen(({ subjects }) =>
    subjects.map(({ id }) => ({ path: { subject: id } })),
  ),
  "DELETE /admin/subjects/:subject": ofOthers("subjects", ({ id }) => [{ path: { subject: id } }]),

  "GET /admin/prices": unseen(() => [{}]),
  "PUT /admin/prices": unseen(() => [
    { query: { model: "isolation/none" }, body: { input: 1, output: 1 } },
  ]),
  "DELETE /admin/prices": unseen(() => [{ query: { model: "isolation/none" } }]),
};

function listings(world: World): readonly Question[] {
  const labels = world.places.flatMap(({ tenantId }) => (tenantId ? [tenantId] : []));
  const filters = [
    {},
    { q: TOPIC },
    ...labels.map((label) => ({ label })),
    ...world.users.map(({ id }) => ({ user_id: id })),
  ];
  return filters.map((filter) => ({ query: { limit: 200, ...filter } }));
}

type AskWorld = (world: World) => readonly Question[];

/** Reading: those who work for the tenant must see its canaries. */
function seen(ask: AskWorld): Questions {
  return { ask, shows: true };
}

/** What shows no canary to anybody here: it is refused, or it holds none. */
function unseen(ask: AskWorld): Questions {
  return { ask, shows: false };
}

/** Making something, where the caller may not. */
function elsewhere(ask: (world: World, place: Place) => readonly Question[]): Questions {
  return {
    ask: (world, caller, place) => (isForeign(caller, place) ? ask(world, place) : []),
    shows: false,
  };
}

type Things = "users" | "keys" | "operators" | "conversations" | "subjects";

/** Changing by its id what is not the caller's tenant's: there by ids of other tenants, elsewhere by any. */
function ofOthers(
  things: Things,
  ask: (thing: Named<string | number>) => readonly Question[],
): Questions {
  return {
    ask: (world, caller, place) => {
      const all: readonly Named<string | number>[] = world[things];
      // The same id may stand in several tenants.
      const own = new Set(all.filter((one) => one.place === caller.staffOf).map(({ id }) => id));
      return worthAsking(all, caller, place)
        .filter(({ id }) => isForeign(caller, place) || !own.has(id))
        .flatMap(ask);
    },
    shows: false,
  };
}

function isForeign(caller: Caller, place: Place): boolean {
  return caller.staffOf === undefined || placeOf(caller, place) !== caller.staffOf;
}
