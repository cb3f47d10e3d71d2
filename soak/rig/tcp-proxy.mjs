import { once } from "node:events";
import { connect, createServer } from "node:net";

/**
 * A piece on its way. `up` goes to the server, `down` comes from it; `before` counts the bytes of that direction of
 * that connection that came earlier.
 *
 * @typedef {{ bytes: Buffer, direction: "up" | "down", connection: number, before: number }} Piece
 * @typedef {{ keep?: number, delayMs?: number, cut?: boolean }} Verdict keep: so many bytes go on, default all
 * @typedef {(piece: Piece) => Verdict | undefined} Rule undefined lets the piece pass
 */

/** A TCP proxy that does to the traffic what its rule says. */
export class TcpProxy {
  /** @type {Rule} */
  rule = () => undefined;
  #target;
  #port = 0;
  #connections = 0;
  /** @type {Set<import("node:net").Socket>} */
  #sockets = new Set();
  #server = createServer((client) => this.#connect(client));

  /** @param {number} target a port of this machine */
  constructor(target) {
    this.#target = target;
  }

  get port() {
    return this.#port;
  }

  get origin() {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Takes connections, on the same port as before. */
  async listen() {
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    const address = this.#server.address();
    this.#port = typeof address === "object" && address ? address.port : 0;
  }

  /** Breaks all connections and refuses others. */
  async refuse() {
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    this.cut();
    await closed;
  }

  /** Breaks the connections that are open. */
  cut() {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** @param {import("node:net").Socket} client */
  #connect(client) {
    const connection = ++this.#connections;
    const server = connect(this.#target, "127.0.0.1");
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => {});
      socket.once("close", () => this.#sockets.delete(socket));
    }
    this.#forward(connection, "up", client, server);
    this.#forward(connection, "down", server, client);
  }

  /**
   * @param {number} connection
   * @param {"up" | "down"} direction
   * @param {import("node:net").Socket} from
   * @param {import("node:net").Socket} to
   */
  #forward(connection, direction, from, to) {
    let before = 0;
    let releaseAt = 0;
    from.on("data", (bytes) => {
      const {
        keep = bytes.length,
        delayMs = 0,
        cut = false,
      } = this.rule({ bytes, direction, connection, before }) ?? {};
      before += bytes.length;
      const send = () => {
        if (keep > 0 && to.writable) to.write(bytes.subarray(0, keep));
        if (!cut) return;
        // What was let through must arrive, so that end goes in order; the other side learns at once.
        to.end();
        from.resetAndDestroy();
      };
      // No piece overtakes an earlier one.
      releaseAt = Math.max(releaseAt, performance.now() + delayMs);
      if (releaseAt - performance.now() < 1) send();
      else setTimeout(send, releaseAt - performance.now());
    });
    from.once("close", () => {
      const wait = releaseAt - performance.now();
      if (wait < 1) to.destroySoon();
      else setTimeout(() => to.destroySoon(), wait);
    });
  }
}

/** Swallows everything, in old connections and new ones. @returns {Rule} */
export function blackHole() {
  return () => ({ keep: 0 });
}

/**
 * @param {number} ms each way
 * @returns {Rule}
 */
export function delayed(ms) {
  return () => ({ delayMs: ms });
}

/**
 * Breaks a connection as soon as so many bytes of it have passed in one direction.
 *
 * @param {"up" | "down"} direction
 * @param {(connection: number) => number | undefined} limitOf undefined lets that connection be
 * @returns {Rule}
 */
export function cutAfter(direction, limitOf) {
  return (piece) => {
    if (piece.direction !== direction) return undefined;
    const limit = limitOf(piece.connection);
    if (limit === undefined || piece.before + piece.bytes.length < limit) return undefined;
    return { keep: Math.max(0, limit - piece.before), cut: true };
  };
}

/**
 * Breaks a PostgreSQL connection at a commit: before the server gets it, or after it got it and before it can say so.
 *
 * @param {"before" | "after"} moment
 * @param {() => boolean} wants asked at every commit
 * @returns {Rule}
 */
export function cutAtCommit(moment, wants) {
  /** @type {Set<number>} */
  const doomed = new Set();
  return ({ bytes, direction, connection }) => {
    if (direction === "down") return doomed.has(connection) ? { keep: 0, cut: true } : undefined;
    if (!bytes.includes("commit\0") || !wants()) return undefined;
    if (moment === "before") return { keep: 0, cut: true };
    doomed.add(connection);
    return undefined;
  };
}
