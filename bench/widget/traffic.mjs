/**
 * What a page loads beside itself. `bytes` are those of the bodies as they travel, `wireBytes` with their headers.
 *
 * @typedef {{ requests: number, bytes: number, wireBytes: number, foreign: Record<string, number> }} Load
 * @typedef {{ url: string, ended: boolean, headers: number, whole: number }} Transfer
 */

/** How long nothing has to happen until a page counts as quiet. */
const QUIET_MS = 300;

/** Follows all requests of a page, also those that the browser refuses to send. */
export class Traffic {
  /** @type {Map<string, Transfer>} */
  #transfers = new Map();
  #lastAt = performance.now();

  /**
   * @param {import("playwright-core").CDPSession} session
   * @param {string} pageUrl which does not count
   */
  constructor(session, pageUrl) {
    const transfers = this.#transfers;
    session.on("Network.requestWillBeSent", ({ requestId, request: { url } }) => {
      if (url === pageUrl || !/^https?:/.test(url)) return;
      this.#lastAt = performance.now();
      transfers.set(requestId, { url, ended: false, headers: 0, whole: 0 });
    });
    session.on("Network.webSocketCreated", ({ requestId, url }) => {
      transfers.set(requestId, { url, ended: true, headers: 0, whole: 0 });
    });
    session.on("Network.responseReceived", ({ requestId, response }) => {
      const transfer = transfers.get(requestId);
      if (transfer) transfer.headers = response.encodedDataLength;
    });
    session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
      this.#end(requestId, encodedDataLength);
    });
    session.on("Network.loadingFailed", ({ requestId }) => this.#end(requestId, 0));
  }

  /**
   * @param {readonly string[]} ownOrigins
   * @returns {Load}
   */
  sum(ownOrigins) {
    const transfers = [...this.#transfers.values()];
    /** @type {Record<string, number>} */
    const foreign = {};
    for (const { host, origin } of transfers.map(({ url }) => new URL(url))) {
      if (!ownOrigins.includes(origin)) foreign[host] = (foreign[host] ?? 0) + 1;
    }
    return {
      requests: transfers.length,
      bytes: transfers.reduce((sum, { whole, headers }) => sum + Math.max(0, whole - headers), 0),
      wireBytes: transfers.reduce((sum, { whole }) => sum + whole, 0),
      foreign,
    };
  }

  /** Resolves once all requests have ended and none came for a while. */
  async quiet() {
    const isQuiet = () =>
      [...this.#transfers.values()].every(({ ended }) => ended) &&
      performance.now() - this.#lastAt > QUIET_MS;
    this.#lastAt = performance.now();
    while (!isQuiet()) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  /**
   * @param {string} requestId
   * @param {number} whole
   */
  #end(requestId, whole) {
    const transfer = this.#transfers.get(requestId);
    if (!transfer) return;
    Object.assign(transfer, { ended: true, whole });
    this.#lastAt = performance.now();
  }
}
