import { once } from "node:events";
import { createServer, request } from "node:http";

/** Hands requests to replicas in turn; one that refuses the connection is passed over, as nginx does by default. */
export class Balancer {
  /** Ports of this machine. @type {number[]} */
  replicas;
  #next = 0;
  #port = 0;
  #server = createServer((incoming, outgoing) => {
    this.#pass(incoming, outgoing).catch(() => outgoing.destroy());
  });

  /** @param {number[]} replicas */
  constructor(replicas) {
    this.replicas = replicas;
  }

  get origin() {
    return `http://127.0.0.1:${this.#port}`;
  }

  async listen() {
    this.#server.keepAliveTimeout = 60_000;
    this.#server.requestTimeout = 0;
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const address = this.#server.address();
    this.#port = typeof address === "object" && address ? address.port : 0;
  }

  async close() {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  /**
   * @param {import("node:http").IncomingMessage} incoming
   * @param {import("node:http").ServerResponse} outgoing
   */
  async #pass(incoming, outgoing) {
    // Like nginx it takes the whole body first: then another replica can be given it.
    const pieces = [];
    for await (const piece of incoming) pieces.push(piece);
    const body = Buffer.concat(pieces);
    const first = this.#next++;
    for (let attempt = 0; attempt < this.replicas.length; attempt += 1) {
      const port = this.replicas[(first + attempt) % this.replicas.length] ?? 0;
      const answer = await askReplica(port, incoming, outgoing, body);
      if (answer === "refused") continue;
      if (answer === "broken") break;
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      outgoing.flushHeaders();
      answer.on("error", () => outgoing.destroy());
      answer.pipe(outgoing);
      return;
    }
    outgoing.writeHead(502, { "content-type": "text/html" });
    outgoing.end("<h1>502 Bad Gateway</h1>");
  }
}

/**
 * @param {number} port
 * @param {import("node:http").IncomingMessage} incoming
 * @param {import("node:http").ServerResponse} outgoing
 * @param {Buffer} body
 * @returns {Promise<import("node:http").IncomingMessage | "refused" | "broken">}
 */
function askReplica(port, incoming, outgoing, body) {
  return new Promise((resolve) => {
    const { method = "GET", url = "/" } = incoming;
    const { "transfer-encoding": _, ...headers } = incoming.headers;
    const asked = request({
      port,
      host: "127.0.0.1",
      method,
      path: url,
      // nginx's default too: a connection for each request.
      agent: false,
      headers: { ...headers, connection: "close", "content-length": body.length },
    });
    asked.once("response", resolve);
    asked.on("error", (error) => {
      const refused = "code" in error && error.code === "ECONNREFUSED";
      resolve(refused ? "refused" : "broken");
    });
    outgoing.once("close", () => asked.destroy());
    asked.end(body);
  });
}
