import { once } from "node:events";
import { createServer } from "node:http";
import { answerAtPace } from "./model-behaviours.mjs";
import { ModelReply } from "./model-reply.mjs";

/**
 * One request that the model's server got. `closedAt` is when its response or its socket ended, by `performance.now`.
 *
 * @typedef {{ number: number, question: string, startedAt: number, closedAt?: number, isWhole: boolean }} Call
 * @typedef {{ role: string, content: string }} PromptMessage
 * @typedef {(reply: ModelReply, call: Call) => void | Promise<void>} Behaviour
 * @typedef {(call: Call, messages: readonly PromptMessage[]) => Behaviour} Choice
 */

/** Starts an OpenAI-compatible server that behaves in each call as the scenario chooses. */
export async function startModelServer() {
  const model = new ModelServer();
  await model.listen();
  return model;
}

export class ModelServer {
  /** How the next calls are answered. @type {Choice} */
  choose = () => answerAtPace();
  /** @type {Call[]} */
  calls = [];
  #port = 0;
  /** @type {Set<import("node:net").Socket>} */
  #sockets = new Set();
  #server = this.#create();

  get origin() {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Connections that are open now. */
  get openSockets() {
    return this.#sockets.size;
  }

  /** Takes connections, on the same port as before. */
  async listen() {
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    const address = this.#server.address();
    this.#port = typeof address === "object" && address ? address.port : 0;
  }

  /** Refuses connections from now on and breaks those that are open: an outage. */
  async refuse() {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    this.#server = this.#create();
  }

  async close() {
    if (this.#server.listening) await this.refuse();
  }

  #create() {
    const server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy());
    });
    server.keepAliveTimeout = 60_000;
    server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.once("close", () => this.#sockets.delete(socket));
    });
    return server;
  }

  /**
   * @param {import("node:http").IncomingMessage} request
   * @param {import("node:http").ServerResponse} response
   */
  async #answer(request, response) {
    const startedAt = performance.now();
    request.setEncoding("utf8");
    let body = "";
    for await (const part of request) body += part;
    /** @type {PromptMessage[]} */
    const messages = JSON.parse(body).messages;
    const question = messages.at(-1)?.content ?? "";
    /** @type {Call} */
    const call = { number: this.calls.length + 1, question, startedAt, isWhole: false };
    this.calls.push(call);
    response.once("close", () => {
      call.closedAt = performance.now();
      call.isWhole = response.writableFinished;
    });
    await this.choose(call, messages)(new ModelReply(response), call);
  }
}
