import { Agent, request } from "undici";
import { readFrames } from "./frames.mjs";

/**
 * What came back. `code` and `retryable` are undefined on success; `ms` counts from the request.
 *
 * @typedef {{ status: number, success: boolean, text: string, conversationId: number | null, turnId?: number, visitor?: string, code?: string, retryable?: boolean, retryAfter?: string, isEnvelope: boolean, body: string, firstTokenMs?: number, ms: number }} Answer
 * @typedef {(frame: import("./frames.mjs").Frame) => void} OnFrame
 * @typedef {{ method: "GET" | "POST", headers: Record<string, string>, body?: string, signal?: AbortSignal }} Request
 */

let agent = new Agent();

/** The connection ended before the answer did: whether there is one is not known. */
export class LostAnswer extends Error {
  /** @override */
  name = "LostAnswer";
  /** @type {string | undefined} */
  lastEventId;
  /** @type {number | undefined} */
  turnId;
  /** @type {string | undefined} */
  visitor;
}

/** Keeps no connection for later; requests that are on their way, such as another scenario's, go on. */
export async function forgetConnections() {
  const old = agent;
  agent = new Agent();
  void old.close();
}

/**
 * @param {string} url
 * @param {Request} options
 */
export async function fetchText(url, options) {
  const { statusCode, body } = await request(url, { ...options, dispatcher: agent });
  return { status: statusCode, text: await body.text() };
}

/**
 * Sends a request whose answer is a turn, as JSON or as events, and reads it to its end.
 *
 * @param {string} url
 * @param {Request} options
 * @param {OnFrame | undefined} onFrame
 * @returns {Promise<Answer>}
 * @throws LostAnswer
 */
export async function exchange(url, options, onFrame) {
  const started = performance.now();
  const lost = new LostAnswer();
  try {
    const response = await request(url, {
      ...options,
      dispatcher: agent,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    const { headers } = response;
    const visitor = headers["x-aura-visitor"];
    if (typeof visitor === "string") lost.visitor = visitor;
    if (headers["x-orcha-turn-id"]) lost.turnId = Number(headers["x-orcha-turn-id"]);
    const about = {
      status: response.statusCode,
      ...(typeof visitor === "string" && { visitor }),
      ...(lost.turnId !== undefined && { turnId: lost.turnId }),
    };
    if (!String(headers["content-type"]).startsWith("text/event-stream")) {
      const body = await response.body.text();
      return { ...about, ...readJson(body, headers), ms: performance.now() - started };
    }

    /** @type {number | undefined} */
    let firstTokenMs;
    let body = "";
    for await (const frame of readFrames(response.body)) {
      lost.lastEventId = frame.id;
      lost.turnId = Number(frame.id.split(":")[0]);
      body += frame.data;
      if (frame.event === "text-delta") firstTokenMs ??= performance.now() - started;
      onFrame?.(frame);
      if (frame.event !== "turn-end" && frame.event !== "turn-error") continue;
      return {
        ...about,
        ...readEnd(JSON.parse(frame.data)),
        turnId: lost.turnId,
        body,
        ...(firstTokenMs !== undefined && { firstTokenMs }),
        ms: performance.now() - started,
      };
    }
  } catch (error) {
    lost.cause = error;
  }
  throw lost;
}

/**
 * @param {string} body
 * @param {import("undici").Dispatcher.ResponseData["headers"]} headers
 */
function readJson(body, headers) {
  const code = headers["x-orcha-error"];
  const retryAfter = headers["retry-after"];
  const about = {
    body,
    ...(typeof code === "string" && { code }),
    ...(typeof retryAfter === "string" && { retryAfter }),
  };
  try {
    return { ...about, ...readEnd(JSON.parse(body)) };
  } catch {
    return { ...about, ...NO_ENVELOPE };
  }
}

const NO_ENVELOPE = { success: false, text: "", conversationId: null, isEnvelope: false };

/** @param {{ success: boolean, message: string, data: { text: string, conversation_id: number | null }, code?: string, retryable?: boolean }} end */
function readEnd({ success, message, data, code, retryable }) {
  if (typeof success !== "boolean" || typeof data?.text !== "string") return NO_ENVELOPE;
  return {
    success,
    text: data.text,
    conversationId: data.conversation_id,
    isEnvelope: typeof message === "string" && (success || message !== ""),
    ...(code !== undefined && { code }),
    ...(retryable !== undefined && { retryable }),
  };
}
