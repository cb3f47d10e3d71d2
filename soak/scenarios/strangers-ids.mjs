import { randomBytes } from "node:crypto";
import { request } from "undici";
import { ask, newVisitor } from "../rig/chat.mjs";
import { forEachAtOnce } from "../rig/wait.mjs";
import { runCommand } from "./orcha-command.mjs";

/** The kind that all others are compared with. */
export const NON_EXISTENT = "NonExistent";
const OTHER_TENANT = "other";
const AT_ONCE = 8;

/**
 * Ids that are not the stranger's, by kind. `Noise` are non-existent ones as well.
 *
 * @param {import("../rig/orcha-process.mjs").OrchaProcess} server
 * @param {number} count of each kind
 * @returns {Promise<ReadonlyMap<string, readonly number[]>>}
 */
export async function makeIds(server, count) {
  await runCommand(server, ["tenant", "create", "--id", OTHER_TENANT]);
  const owner = await newVisitor(server.origin);
  const leaving = await newVisitor(server.origin);
  const ids = new Map([
    ["Foreign", await converse(server, count, { visitor: owner })],
    ["OtherTenants", await converse(server, count, { visitor: owner, tenantId: OTHER_TENANT })],
    ["Deleted", await converse(server, count, { visitor: leaving })],
    ["Noise", Array.from({ length: count }, randomId)],
    [NON_EXISTENT, Array.from({ length: count }, randomId)],
  ]);
  const erased = await request(`${server.origin}/api/v1/orcha/me`, {
    method: "DELETE",
    headers: { "x-aura-visitor": leaving },
  });
  const receipt = await erased.body.text();
  if (erased.statusCode !== 200) throw new Error(`Nothing was erased: ${receipt}`);
  return ids;
}

/**
 * Conversations of two turns, sealed to their owner.
 *
 * @param {import("../rig/orcha-process.mjs").OrchaProcess} server
 * @param {number} count
 * @param {{ visitor: string, tenantId?: string }} owner
 */
async function converse({ origin }, count, { visitor, tenantId }) {
  /** @type {number[]} */
  const ids = [];
  const tenant = tenantId === undefined ? {} : { tenant_id: tenantId };
  await forEachAtOnce(Array.from({ length: count }).keys(), AT_ONCE, async (number) => {
    const message = { text: `Hello ${number}`, ...tenant };
    const { conversationId } = await ask(origin, message, { visitor });
    if (conversationId === null) throw new Error("No conversation was begun.");
    const next = { ...message, conversation_id: conversationId };
    if (!(await ask(origin, next, { visitor })).success) throw new Error("It did not go on.");
    ids.push(conversationId);
  });
  return ids;
}

function randomId() {
  return Number(randomBytes(8).readBigUInt64BE() >> 11n) + 1;
}
