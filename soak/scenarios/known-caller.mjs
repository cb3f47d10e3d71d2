import { ask, newVisitor } from "../rig/chat.mjs";
import { runCommand } from "./orcha-command.mjs";

const ADMIN = "/api/v1/orcha/admin";
const EMAIL = "owner@shop.example";
const PASSWORD = "a password that is long enough";
/** A tenant that requests are about, and one that they may change or suspend. */
const TENANT = "strange";
const CHANGED_TENANT = "strange-changed";

/**
 * Somebody who may do everything: the installation's owner, who is a visitor besides.
 *
 * @typedef {{ visitor: string, known: import("./strange-requests.mjs").Known }} KnownCaller
 * @param {import("../rig/orcha-process.mjs").OrchaProcess} server
 * @returns {Promise<KnownCaller>}
 */
export async function makeKnownCaller(server) {
  for (const id of [TENANT, CHANGED_TENANT])
    await runCommand(server, ["tenant", "create", "--id", id]);
  const cookie = await signInAsOwner(server);
  const visitor = await newVisitor(server.origin);
  const leaving = await newVisitor(server.origin);
  const { conversationId, turnId } = await ask(server.origin, { text: "Hello" }, { visitor });
  /** @type {Record<string, string>} */
  const values = { tenant: CHANGED_TENANT, kind: "jwt", name: "strange", subject: "user:1" };
  /** @type {Record<string, number | undefined>} */
  const ids = { turns: turnId, messages: turnId === undefined ? undefined : turnId + 1 };
  return {
    visitor,
    known: {
      // Some requests would take away what the others need: the conversation, and the owner's session.
      credentials: ({ method, path }) => [
        `X-Aura-Visitor: ${method === "DELETE" && !path.startsWith(ADMIN) ? leaving : visitor}`,
        ...(method === "DELETE" && path === `${ADMIN}/session` ? [] : [`Cookie: ${cookie}`]),
      ],
      query: ({ path, inQuery }) =>
        inQuery.includes("tenant_id") && path.startsWith(ADMIN) ? `tenant_id=${TENANT}` : "",
      fill: (name, path) =>
        values[name] ?? String(ids[/(\w+)\/\{id\}/.exec(path)?.[1] ?? ""] ?? conversationId ?? 1),
    },
  };
}

/**
 * The cookie of an owner of the installation, who took an invitation.
 *
 * @param {import("../rig/orcha-process.mjs").OrchaProcess} server
 */
async function signInAsOwner(server) {
  const invited = await runCommand(server, [
    "operator",
    "invite",
    "--email",
    EMAIL,
    "--role",
    "owner",
  ]);
  const token = /#link=([\w-]+)/.exec(invited)?.[1];
  await post(server, "links/accept", { token, password: PASSWORD });
  const { cookie } = await post(server, "session", { email: EMAIL, password: PASSWORD });
  return cookie;
}

/**
 * @param {import("../rig/orcha-process.mjs").OrchaProcess} server
 * @param {string} path
 * @param {object} body
 */
async function post(server, path, body) {
  const response = await fetch(`${server.origin}${ADMIN}/${path}`, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return { cookie: response.headers.getSetCookie()[0]?.split(";")[0] ?? "" };
}
