import { exchange, fetchText } from "./exchange.mjs";

/**
 * @typedef {import("./exchange.mjs").Answer} Answer
 * @typedef {{ text: string, conversation_id?: number | null, tenant_id?: string }} Message
 * @typedef {{ id: number, turn_id: number, role: "visitor" | "assistant", text: string, status: string, error: { code: string } | null }} StoredMessage
 * @typedef {{ key?: string, visitor?: string | undefined, streams?: boolean, signal?: AbortSignal, onFrame?: import("./exchange.mjs").OnFrame }} Asking
 */

const API = "/api/v1/orcha";

/**
 * Sends one message and waits for the end of its answer.
 *
 * @param {string} origin
 * @param {Message} message
 * @param {Asking} asking
 * @returns {Promise<Answer>}
 * @throws LostAnswer
 */
export function ask(origin, message, { key, visitor, streams = false, signal, onFrame } = {}) {
  return exchange(
    `${origin}${API}/chat-v2`,
    {
      method: "POST",
      body: JSON.stringify(message),
      headers: {
        "content-type": "application/json",
        accept: streams ? "text/event-stream" : "application/json",
        ...(key !== undefined && { "idempotency-key": key }),
        ...(visitor !== undefined && { "x-aura-visitor": visitor }),
      },
      ...(signal && { signal }),
    },
    onFrame,
  );
}

/**
 * Follows a turn from where an earlier stream of it broke off.
 *
 * @param {string} origin
 * @param {number} turnId
 * @param {{ visitor?: string | undefined, lastEventId?: string | undefined, signal?: AbortSignal, onFrame?: Asking["onFrame"] }} following
 */
export function follow(origin, turnId, { visitor, lastEventId, signal, onFrame }) {
  return exchange(
    `${origin}${API}/turns/${turnId}/events`,
    {
      method: "GET",
      headers: {
        accept: "text/event-stream",
        ...(lastEventId !== undefined && { "last-event-id": lastEventId }),
        ...(visitor !== undefined && { "x-aura-visitor": visitor }),
      },
      ...(signal && { signal }),
    },
    onFrame,
  );
}

/**
 * A visitor secret, as the widget gets one before its first message.
 *
 * @param {string} origin
 */
export async function newVisitor(origin) {
  const { text } = await fetchText(`${origin}${API}/visitor`, {
    method: "POST",
    body: "{}",
    headers: { "content-type": "application/json" },
  });
  return String(JSON.parse(text).visitor);
}

/**
 * @param {string} origin
 * @param {number} turnId
 * @param {string | undefined} visitor
 * @returns {Promise<{ httpStatus: number, status?: string }>}
 */
export async function stopTurn(origin, turnId, visitor) {
  const { status, text } = await fetchText(`${origin}${API}/turns/${turnId}/stop`, {
    method: "POST",
    body: "{}",
    headers: {
      "content-type": "application/json",
      ...(visitor !== undefined && { "x-aura-visitor": visitor }),
    },
  });
  return { httpStatus: status, ...(status === 200 && JSON.parse(text)) };
}

/**
 * The whole transcript in reading order, as its owner gets it.
 *
 * @param {string} origin
 * @param {number} conversationId
 * @param {string | undefined} visitor
 * @returns {Promise<StoredMessage[]>}
 */
export async function readTranscript(origin, conversationId, visitor) {
  /** @type {StoredMessage[]} */
  let messages = [];
  for (let cursor = ""; ; ) {
    const url = `${origin}${API}/conversations/${conversationId}/messages?limit=200${cursor}`;
    const { status, text } = await fetchText(url, {
      method: "GET",
      headers: { ...(visitor !== undefined && { "x-aura-visitor": visitor }) },
    });
    if (status !== 200) throw new Error(`The transcript was refused: ${status} ${text}`);
    const page = JSON.parse(text);
    messages = [...page.data, ...messages];
    if (page.next_cursor === null) return messages;
    cursor = `&cursor=${page.next_cursor}`;
  }
}
