import { API_PATH } from "@orcha/contract";
import { queryOf } from "./plant-conversations.ts";
import { send } from "./request.ts";
import { signature } from "./visitor-questions.ts";
import type { Caller, PlantedConversation, World } from "./world.ts";

/** What of a tenant's must be afterwards as it was before. */
const KEPT = ["users", "keys", "operators", "secrets"];

export type Snapshot = ReadonlyMap<string, string>;

/** What the tenants' own servers see of their settings, users, keys, operators and secrets. */
export async function takeSnapshot(world: World): Promise<Snapshot> {
  const snapshot = new Map<string, string>();
  for (const caller of world.callers.filter(hasAllScopes)) {
    const place = world.places.find(({ name }) => name === caller.home);
    if (!place) continue;
    const paths = [
      `tenants/${encodeURIComponent(place.tenantId ?? "")}`,
      ...KEPT.map((kept) => `${kept}${queryOf(place)}`),
    ];
    for (const path of paths) {
      const request = { method: "GET", path: `${API_PATH}/admin/${path}`, headers: caller.headers };
      const { status, text } = await send(world.origin, request);
      const unused = text.replace(/"last_used_at":("[^"]*"|null)/g, "");
      snapshot.set(`${path} of ${place.name}`, `${status} ${unused}`);
    }
  }
  return snapshot;
}

/** What somebody changed who may not have: settings, people, keys, or what was said in a conversation. */
export async function findHarm(world: World, before: Snapshot): Promise<string[]> {
  const after = await takeSnapshot(world);
  const changed = [...before].filter(([what, text]) => after.get(what) !== text);
  const harmed: string[] = changed.map(([what]) => `${what} changed`);
  for (const conversation of world.conversations) {
    const problem = await findDamage(world, conversation);
    const whose = conversation.owners[0] ?? "an unknown visitor";
    if (problem) harmed.push(`The conversation of ${whose} at ${conversation.place} ${problem}`);
  }
  return harmed;
}

async function findDamage(
  { origin, places, callers }: World,
  { id, place, proof, userId, owners, canary }: PlantedConversation,
): Promise<string | undefined> {
  const at = places.find(({ name }) => name === place);
  const query = at && queryOf(at, userId === undefined ? {} : { user_id: userId });
  const read = (path: string) =>
    send(origin, { method: "GET", path: `${API_PATH}/${path}${query}`, headers: proof });
  const { status, text } = await read(`conversations/${id}/messages`);
  if (status !== 200) return `is gone (${status})`;
  if (!text.includes(canary)) return "lost what was said first";
  // Its title stands in the list; what else can be written, in the transcript.
  const { text: titles } = await read("conversations");
  const intruder = callers.find(
    (caller) => !owners.includes(caller.name) && (text + titles).includes(signature(caller)),
  );
  return intruder && `was gone on with, named or judged by the ${intruder.name}`;
}

function hasAllScopes({ name }: Caller): boolean {
  return name.endsWith("with all scopes");
}
