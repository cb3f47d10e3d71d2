import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { pause } from "./wait.mjs";

/**
 * How one server is started. `log` is a file that its words are added to.
 *
 * @typedef {{ script: string, folder: string, log: string, port?: number, env: Record<string, string>, nodeArgs?: readonly string[] }} StartOptions
 */

const READY_WITHIN_MS = 30_000;

/** Processes that were started and have not ended; none outlives this one. @type {Set<OrchaProcess>} */
const alive = new Set();
process.on("exit", () => {
  for (const server of alive) server.child.kill("SIGKILL");
});

/** One packaged server, `node orcha.js serve`. */
export class OrchaProcess {
  #isToldToEnd = false;

  /** @param {StartOptions & { port: number }} options */
  constructor(options) {
    this.options = options;
    this.port = options.port;
    this.origin = `http://127.0.0.1:${options.port}`;
    this.startedAt = performance.now();
    const output = openSync(options.log, "a");
    this.child = spawn(process.execPath, [...(options.nodeArgs ?? []), options.script, "serve"], {
      cwd: options.folder,
      stdio: ["ignore", output, output],
      // No variable of this process reaches it but what Node itself needs.
      env: {
        PATH: process.env.PATH,
        HOST: "127.0.0.1",
        PORT: String(options.port),
        ...options.env,
      },
    });
    closeSync(output);
    this.exited = once(this.child, "exit");
    alive.add(this);
    this.child.once("exit", () => alive.delete(this));
  }

  get pid() {
    return this.child.pid ?? 0;
  }

  /** True when it ended without having been told to. */
  get hasDied() {
    return this.hasEnded && !this.#isToldToEnd;
  }

  get hasEnded() {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Resolves once it takes turns, with the milliseconds since its start. */
  async ready() {
    while (!(await this.isReady())) {
      const tooLong = performance.now() - this.startedAt > READY_WITHIN_MS;
      if (this.hasEnded || tooLong) throw new Error(`The server did not start:\n${this.tail()}`);
      await pause(5);
    }
    return performance.now() - this.startedAt;
  }

  /** @returns {Promise<boolean>} */
  async isReady() {
    return (await statusOf(`${this.origin}/readyz`)) === 200;
  }

  /** The last of what it has said. */
  tail() {
    return readFileSync(this.options.log, "utf8").slice(-3_000);
  }

  /** SIGKILL: what a crash leaves. */
  async kill() {
    if (this.hasEnded) return;
    this.#isToldToEnd = true;
    this.child.kill("SIGKILL");
    await this.exited;
  }

  /** SIGTERM; resolves with the exit status, null when a signal ended it. */
  async stop() {
    if (!this.hasEnded) {
      this.#isToldToEnd = true;
      this.child.kill("SIGTERM");
      await this.exited;
    }
    return this.child.exitCode;
  }
}

/**
 * The status of a GET, on a connection of its own; undefined when nobody answers.
 *
 * @param {string} url
 * @returns {Promise<number | undefined>}
 */
export function statusOf(url) {
  return new Promise((resolve) => {
    const asked = request(url, { agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.once("error", () => resolve(undefined));
    asked.end();
  });
}

/** @returns {Promise<number>} */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
