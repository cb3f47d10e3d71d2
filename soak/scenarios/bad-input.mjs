import { tryBrokenRequest } from "./broken-http.mjs";
import { sendRaw } from "./raw-http.mjs";
import { HOST, LEAVE } from "./raw-request.mjs";

/** What no answer may tell: where code stands, and what a database says. */
const INTERNALS =
  /\bat \S+ \(|node:internal|\.[cm]?[jt]s:\d+|SQLITE|syntax error|violates|invalid byte|ZodError/;
const CHAT = "POST /api/v1/orcha/chat-v2";

/** Sends what is no request, or a strange one, and counts what must not come of it. */
export class BadInput {
  found = { errors: 0, unanswered: 0, wrongAnswers: 0, noEnvelope: 0, leaks: 0 };
  /** @type {string[]} */
  evidence = [];

  /** @param {number} port */
  constructor(port) {
    this.port = port;
  }

  /** @param {import("./broken-http.mjs").BrokenRequest} request */
  async sendBroken(request) {
    const problem = await tryBrokenRequest(this.port, request);
    if (problem !== undefined) this.#count("wrongAnswers", problem);
  }

  /** @param {import("./malformed-bodies.mjs").MalformedBody} malformed */
  async sendBody({ body, type = "application/json", headers = "" }) {
    const head = `${CHAT} HTTP/1.1\r\n${HOST}${LEAVE}Content-Type: ${type}\r\n${headers}Content-Length: ${body.length}\r\n\r\n`;
    const name = `the body ${JSON.stringify(body.toString("latin1").slice(0, 200))}`;
    const text = await this.#send(name, [head, body]);
    if (text !== undefined && !isEnvelope(text)) this.#count("noEnvelope", `${name}: ${text}`);
  }

  /** @param {import("./strange-requests.mjs").StrangeRequest} request */
  async sendStrange({ name, pieces }) {
    await this.#send(name, pieces);
  }

  /**
   * @param {string} name
   * @param {readonly (string | Buffer)[]} pieces
   */
  async #send(name, pieces) {
    const answer = await sendRaw(this.port, pieces);
    const status = answer?.statuses.at(-1);
    if (!answer || status === undefined) {
      this.#count("unanswered", name);
      return undefined;
    }
    if (status >= 500) this.#count("errors", `${name}: ${answer.text}`);
    if (INTERNALS.test(answer.text)) this.#count("leaks", `${name}: ${answer.text}`);
    return answer.text;
  }

  /**
   * @param {keyof BadInput["found"]} figure
   * @param {string} what
   */
  #count(figure, what) {
    this.found[figure] += 1;
    if (this.evidence.length < 50) this.evidence.push(`${figure}: ${what.slice(0, 1000)}`);
  }
}

/** @param {string} answer */
function isEnvelope(answer) {
  try {
    const { success, message, data } = JSON.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4));
    return typeof success === "boolean" && typeof message === "string" && "text" in data;
  } catch {
    return false;
  }
}
