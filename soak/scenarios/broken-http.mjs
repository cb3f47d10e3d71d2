import { BROKEN_BODIES } from "./broken-bodies.mjs";
import { BROKEN_HEADERS } from "./broken-headers.mjs";
import { BROKEN_REQUEST_LINES } from "./broken-request-lines.mjs";
import { sendRaw } from "./raw-http.mjs";

/**
 * What a client that breaks HTTP may write, with the statuses that are right for it; "closed" is a connection that the server
 * ends without a word.
 *
 * @typedef {{ name: string, pieces: readonly (string | Uint8Array)[], right: readonly (number | "closed")[] }} BrokenRequest
 */

/** @type {readonly BrokenRequest[]} */
export const BROKEN_REQUESTS = [...BROKEN_REQUEST_LINES, ...BROKEN_HEADERS, ...BROKEN_BODIES];

/**
 * What is wrong with what came of a broken request; undefined when nothing is.
 *
 * @param {number} port
 * @param {BrokenRequest} request
 */
export async function tryBrokenRequest(port, { name, pieces, right }) {
  const answer = await sendRaw(port, pieces, { isHalf: true });
  if (!answer) return `${name}: the connection stays open`;
  const found = answer.statuses.length > 0 ? answer.statuses : ["closed"];
  const wrong = found.filter((one) => !right.some((allowed) => allowed === one));
  return wrong.length > 0 ? `${name}: ${wrong.join(", ")}` : undefined;
}
