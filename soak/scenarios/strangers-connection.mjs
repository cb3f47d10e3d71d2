import { Client } from "undici";

/**
 * @typedef {"chat" | "messages"} Route
 * @typedef {{ status: number, headers: Record<string, unknown>, body: string }} Answer
 */

const API = "/api/v1/orcha";
/** What differs from answer to answer, whatever was asked for. */
const OF_ITS_OWN = ["date", "x-request-id"];

/** Somebody who asks for what is not theirs, over one connection, and compares what comes back. */
export class StrangersConnection {
  found = { differentAnswers: 0, notRefused: 0 };
  /** @type {string[]} */
  evidence = [];
  #client;
  /** The first answer to each route and caller. @type {Map<string, { kind: string, answer: string }>} */
  #first = new Map();

  /** @param {string} origin */
  constructor(origin) {
    this.#client = new Client(origin);
  }

  close() {
    return this.#client.close();
  }

  /**
   * Asks once, and gives how long it took in milliseconds.
   *
   * @param {Route} route
   * @param {string} kind
   * @param {number} id
   * @param {string | undefined} visitor
   */
  async askFor(route, kind, id, visitor) {
    const asked = route === "chat" ? sending(id) : reading(id);
    const headers = {
      ...asked.headers,
      ...(visitor !== undefined && { "x-aura-visitor": visitor }),
    };
    const from = performance.now();
    const response = await this.#client.request({ ...asked, headers });
    const body = await response.body.text();
    const ms = performance.now() - from;
    this.#compare(`${route} ${visitor === undefined ? "without" : "with"} a secret`, kind, {
      status: response.statusCode,
      headers: response.headers,
      body,
    });
    return ms;
  }

  /**
   * @param {string} about
   * @param {string} kind
   * @param {Answer} answer
   */
  #compare(about, kind, { status, headers, body }) {
    const isRefused = headers["x-orcha-error"] === "conversation_not_found";
    if (!isRefused) this.#find("notRefused", `${about}, ${kind}: ${status} ${body}`);
    const own = Object.entries(headers).filter(([name]) => !OF_ITS_OWN.includes(name));
    const said = body.replaceAll(String(headers["x-request-id"]), "the request's id");
    const answer = JSON.stringify({ status, headers: own, body: said });
    const first = this.#first.get(about) ?? { kind, answer };
    this.#first.set(about, first);
    if (first.answer === answer) return;
    this.#find("differentAnswers", `${about}: ${first.kind} ${first.answer}, ${kind} ${answer}`);
  }

  /**
   * @param {keyof StrangersConnection["found"]} name
   * @param {string} about
   */
  #find(name, about) {
    this.found[name] += 1;
    this.evidence.push(`${name}: ${about}`);
  }
}

/** @param {number} id */
function sending(id) {
  return /** @type {const} */ ({
    method: "POST",
    path: `${API}/chat-v2`,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ text: "What did they say?", conversation_id: id }),
  });
}

/** @param {number} id */
function reading(id) {
  return /** @type {const} */ ({
    method: "GET",
    path: `${API}/conversations/${id}/messages`,
    headers: {},
  });
}
