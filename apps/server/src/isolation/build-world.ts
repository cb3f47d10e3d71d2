import { randomBytes, randomInt } from "node:crypto";
import { API_PATH } from "@orcha/contract";
import type { Database } from "../db/database.ts";
import type { Canaries } from "./canaries.ts";
import { plantStaff, plantVisitors } from "./plant-callers.ts";
import { plantUsersTalk, plantVisitorsTalk, queryOf } from "./plant-conversations.ts";
import { type PlantedTenant, plantTenant } from "./plant-tenants.ts";
import { sendSurely } from "./request.ts";
import {
  type Caller,
  LABELS,
  NO_TENANT,
  type Place,
  type PlantedConversation,
  TENANTS,
  type World,
} from "./world.ts";

export interface BuildDeps {
  readonly origin: string;
  readonly database: Database;
  readonly canaries: Canaries;
  readonly defaultUserId: number;
}

/** Names of this run, so that runs on one database do not meet. */
export function namePlaces(): { readonly tenants: TestPlace[]; readonly labels: TestPlace[] } {
  const run = `isolation-test-${randomBytes(5).toString("hex")}`;
  const named = (name: string): TestPlace => ({
    name,
    tenantId: `${run}-${name.replace(" ", "-").toLowerCase()}`,
  });
  return { tenants: TENANTS.map(named), labels: LABELS.map(named) };
}

export type TestPlace = Place & { readonly tenantId: string };

/** Plants two tenants, two labels, everybody who asks and what they said. */
export async function buildWorld(
  deps: BuildDeps,
  { tenants, labels }: ReturnType<typeof namePlaces>,
): Promise<World> {
  const { origin } = deps;
  const sharedUser = randomInt(200_000_000_000, 300_000_000_000);
  const planted: PlantedTenant[] = [];
  for (const place of tenants) planted.push(await plantTenant({ ...deps, sharedUser }, place));

  const callers = await plantVisitors(origin);
  const everywhere = callers.at(-1);
  if (!everywhere) throw new Error("No visitor was everywhere");
  const conversations: PlantedConversation[] = [];
  for (const place of [...tenants, ...labels]) {
    const talked = await plantVisitorsTalk(deps, place, everywhere);
    conversations.push(...talked.conversations);
    // One of a tenant and one of a label ask for all of them.
    if (place === tenants[0] || place === labels[0]) callers.push(talked.late);
  }
  const subjects: World["subjects"][number][] = [];
  for (const tenant of planted) {
    const staff = await plantStaff(origin, tenant);
    const [subject] = staff;
    if (!subject) throw new Error("Nobody signed in");
    conversations.push(...(await plantUsersTalk(deps, tenant, subject)));
    callers.push(...staff);
    subjects.push(...(await subjectsOf(origin, tenant, [everywhere, subject])));
  }

  const ofTenants = <Id>(id: (tenant: PlantedTenant) => readonly Id[]) =>
    planted.flatMap((one) => id(one).map((each) => ({ id: each, place: one.place.name })));
  return {
    origin,
    sharedUser,
    places: [...tenants, ...labels, { name: NO_TENANT, tenantId: undefined }],
    callers,
    conversations,
    subjects,
    tenants: ofTenants(({ place }) => [place.tenantId]),
    users: ofTenants(({ users }) => [users.shared, users.own]),
    keys: ofTenants(({ chatKey, fullKey }) => [chatKey.id, fullKey.id]),
    operators: ofTenants(({ operator }) => [operator.id]),
  };
}

/** As whom a tenant's operators know its people. */
async function subjectsOf(
  origin: string,
  { place, users }: PlantedTenant,
  people: readonly Caller[],
): Promise<World["subjects"]> {
  const names = [`user:${users.shared}`, `user:${users.own}`];
  for (const { headers } of people) {
    const request = { method: "GET", path: `${API_PATH}/me${queryOf(place)}`, headers };
    const { text } = await sendSurely(origin, request);
    names.push(...JSON.parse(text).subjects);
  }
  return names.map((id) => ({ id, place: place.name }));
}
