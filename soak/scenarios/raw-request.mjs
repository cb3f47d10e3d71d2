// How the broken requests are written: in raw bytes, since no client would send them.

/** @typedef {import("./broken-http.mjs").BrokenRequest} BrokenRequest */

export const LEAVE = "Connection: close\r\n";
export const HOST = "Host: localhost\r\n";

export const refused = (/** @type {string} */ name, /** @type {string} */ bytes) =>
  answered(name, bytes, 400, "closed");

export const tooLarge = (/** @type {string} */ name, /** @type {string} */ bytes) =>
  answered(name, bytes, 400, 413, 414, 431, "closed");

/**
 * @param {string} name
 * @param {string} bytes
 * @param {readonly (number | "closed")[]} right
 * @returns {BrokenRequest}
 */
export function answered(name, bytes, ...right) {
  return { name, pieces: [bytes], right };
}

/** @param {string} line */
export function requestLine(line) {
  return `${line}\r\n${HOST}${LEAVE}\r\n`;
}

/** @param {string} header one or several lines */
export function withHeader(header) {
  return `GET /healthz HTTP/1.1\r\n${HOST}${header}\r\n${LEAVE}\r\n`;
}

/** @param {string} framing what tells where the body ends @param {string} body */
export function withBody(framing, body) {
  return `POST /api/v1/orcha/chat-v2 HTTP/1.1\r\n${HOST}${LEAVE}Content-Type: application/json\r\n${framing}\r\n${body}`;
}
