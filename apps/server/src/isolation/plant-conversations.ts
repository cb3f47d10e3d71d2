import { randomBytes } from "node:crypto";
import { API_PATH } from "@orcha/contract";
import type { Canaries } from "./canaries.ts";
import { EVERYWHERE, LATE, SUBJECT } from "./plant-callers.ts";
import { type PlantedTenant, serversOf } from "./plant-tenants.ts";
import { sendSurely } from "./request.ts";
import type { Caller, Place, PlantedConversation } from "./world.ts";

export interface TalkDeps {
  readonly origin: string;
  readonly canaries: Canaries;
}

/** Somebody who is to have a conversation. */
interface Speaker {
  readonly owners: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly userId?: number;
}

/** The conversations of visitors in a place: of one who is known, one who comes back, and one who does not. */
export async function plantVisitorsTalk(
  deps: TalkDeps,
  place: Place,
  everywhere: Caller,
): Promise<{ readonly conversations: PlantedConversation[]; readonly late: Caller }> {
  const known = await talk(deps, place, { owners: [EVERYWHERE], headers: everywhere.headers });
  const late = await talk(deps, place, { owners: [LATE(place.name)], headers: {} });
  const open = await talk(deps, place, { owners: [], headers: {} });
  return {
    conversations: [known, late, open],
    late: {
      name: LATE(place.name),
      kind: "visitor",
      headers: late.proof,
      staffOf: undefined,
      home: everywhere.home,
    },
  };
}

/** The conversations of those whom a tenant knows: a signed-in visitor, and users that its server speaks as. */
export async function plantUsersTalk(
  deps: TalkDeps,
  { place, users, chatKey }: PlantedTenant,
  subject: Caller,
): Promise<PlantedConversation[]> {
  const server = { authorization: `Bearer ${chatKey.token}` };
  const owners = serversOf(place.name);
  return [
    await talk(deps, place, { owners: [SUBJECT(place.name)], headers: subject.headers }),
    await talk(deps, place, { owners, headers: server, userId: users.shared }),
    await talk(deps, place, { owners, headers: server, userId: users.own }),
  ];
}

/** Says a canary, then something harmless whose answer holds it, because the model is shown both. */
async function talk(
  { origin, canaries }: TalkDeps,
  place: Place,
  { owners, headers, userId }: Speaker,
): Promise<PlantedConversation> {
  const whose = `${owners[0] ?? "an unknown visitor"} at ${place.name}`;
  const canary = { place: place.name, audience: "owners", owners } as const;
  const word = canaries.plant({ ...canary, what: `what was said by the ${whose}` });
  const about = { tenant_id: place.tenantId, ...(userId !== undefined && { user_id: userId }) };
  const path = `${API_PATH}/chat-v2`;
  const first = await sendSurely(origin, {
    method: "POST",
    path,
    headers,
    body: { ...about, text: `My secret is ${word}.` },
  });
  const secret = first.headers["x-aura-visitor"];
  const id = Number(JSON.parse(first.text).data.conversation_id);
  canaries.plant({ ...canary, what: `the conversation's id of the ${whose}` }, String(id));
  const proof = secret === undefined ? headers : { "x-aura-visitor": String(secret) };
  // A secret that comes back owns what it was given with; nobody's conversation goes on by its id.
  const goesOnAs = owners.length > 0 ? proof : headers;
  const repeat = { key: randomBytes(16).toString("base64url"), text: "And what else?" };
  const second = await sendSurely(origin, {
    method: "POST",
    path,
    headers: { ...goesOnAs, "idempotency-key": repeat.key },
    body: { ...about, text: repeat.text, conversation_id: id },
  });
  return {
    id,
    turnId: Number(second.headers["x-orcha-turn-id"]),
    messageId: Number(second.headers["x-orcha-message-id"]),
    place: place.name,
    owners,
    userId,
    proof,
    canary: word,
    repeat,
  };
}

/** `?tenant_id=` of a place, with what else is asked. */
export function queryOf(
  place: Place,
  more: Readonly<Record<string, string | number>> = {},
): string {
  const query = new URLSearchParams({
    ...(place.tenantId !== undefined && { tenant_id: place.tenantId }),
    ...Object.fromEntries(Object.entries(more).map(([name, value]) => [name, String(value)])),
  });
  return query.size === 0 ? "" : `?${query}`;
}
