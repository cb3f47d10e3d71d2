import { randomBytes } from "node:crypto";
import { API_PATH } from "@orcha/contract";
import { SignJWT } from "jose";
import { type PlantedTenant, serversOf } from "./plant-tenants.ts";
import { sendSurely } from "./request.ts";
import { type Caller, NO_TENANT } from "./world.ts";

/** Names of visitors who had a conversation. */
export const EVERYWHERE = "visitor of all places";
export const LATE = (place: string) => `visitor who came back to ${place}`;
export const SUBJECT = (place: string) => `signed-in visitor of ${place}`;

const anonymous = { staffOf: undefined, home: NO_TENANT } as const;

/** Those that are the same wherever they ask: nobody, a stranger, and a visitor who was everywhere. */
export async function plantVisitors(origin: string): Promise<Caller[]> {
  return [
    { ...anonymous, name: "somebody without credential", kind: "nobody", headers: {} },
    { ...anonymous, name: "strange visitor", kind: "visitor", headers: await visitor(origin) },
    { ...anonymous, name: EVERYWHERE, kind: "visitor", headers: await visitor(origin) },
  ];
}

async function visitor(origin: string): Promise<Record<string, string>> {
  const request = { method: "POST", path: `${API_PATH}/visitor` };
  const { text } = await sendSurely(origin, request);
  return { "x-aura-visitor": String(JSON.parse(text).visitor) };
}

/** Those who have a credential of a tenant: a signed-in visitor, two servers and an operator. */
export async function plantStaff(origin: string, tenant: PlantedTenant): Promise<Caller[]> {
  const { name } = tenant.place;
  const [chatServer = "", fullServer = ""] = serversOf(name);
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const works = { staffOf: name, home: name } as const;
  return [
    {
      name: SUBJECT(name),
      kind: "subject",
      headers: bearer(await signToken(tenant)),
      staffOf: undefined,
      home: name,
    },
    { ...works, name: chatServer, kind: "server", headers: bearer(tenant.chatKey.token) },
    { ...works, name: fullServer, kind: "server", headers: bearer(tenant.fullKey.token) },
    {
      name: `operator of ${name}`,
      kind: "operator",
      headers: await signIn(origin, tenant.operator),
      staffOf: name,
      home: NO_TENANT,
    },
  ];
}

function signToken({ signingKey, keyId, place, issuer }: PlantedTenant): Promise<string> {
  return new SignJWT({ tenant_id: place.tenantId })
    .setProtectedHeader({ alg: "ES256", kid: keyId })
    .setIssuer(issuer)
    .setSubject("isolation")
    .setExpirationTime("1h")
    .sign(signingKey);
}

async function signIn(
  origin: string,
  { email, link }: PlantedTenant["operator"],
): Promise<Record<string, string>> {
  const password = randomBytes(16).toString("base64url");
  const admin = `${API_PATH}/admin`;
  await sendSurely(origin, {
    method: "POST",
    path: `${admin}/links/accept`,
    body: { token: link, password },
  });
  const { headers } = await sendSurely(origin, {
    method: "POST",
    path: `${admin}/session`,
    body: { email, password },
  });
  const [cookie = ""] = String(headers["set-cookie"]).split(";");
  return { cookie };
}
