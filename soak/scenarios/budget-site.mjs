import { freePort } from "../rig/orcha-process.mjs";
import { ANSWER_TOKENS } from "./budget-model.mjs";

/** One server on SQLite, or two replicas on PostgreSQL, that can be killed and come back. */
export class BudgetSite {
  /** @type {import("../rig/orcha-process.mjs").OrchaProcess[]} */
  #servers = [];
  #start;

  /**
   * @param {import("../rig/rig.mjs").Storage} storage
   * @param {(port: number) => Promise<import("../rig/orcha-process.mjs").OrchaProcess>} start
   */
  constructor(storage, start) {
    this.storage = storage;
    this.#start = start;
  }

  /**
   * @param {import("../rig/rig.mjs").Rig} rig
   * @param {{ origin: string }} model
   * @param {"sqlite" | "postgres"} engine
   */
  static async open(rig, model, engine) {
    const storage = engine === "sqlite" ? rig.sqlite() : await rig.postgres();
    const env = { ...storage.env, ORCHA_MAX_ANSWER_TOKENS: String(ANSWER_TOKENS) };
    const site = new BudgetSite(storage, (port) => rig.orcha(model, { env, port }));
    const count = engine === "sqlite" ? 1 : 2;
    for (let at = 0; at < count; at += 1) site.#servers.push(await site.#start(await freePort()));
    return site;
  }

  /** Servers by a running number, so that messages go to all of them. @param {number} number */
  at(number) {
    const server = this.#servers[number % this.#servers.length];
    if (!server) throw new Error("No server was started.");
    return server;
  }

  /** False while nobody could change anything. */
  get isServing() {
    return this.#servers.some(({ hasEnded }) => !hasEnded);
  }

  /**
   * Kills all servers or, every second time, all but one; resolves when they serve again.
   *
   * @param {number} number
   */
  async crash(number) {
    const spared = number % 2 === 1 && this.#servers.length > 1 ? this.at(number >> 1) : undefined;
    const killed = this.#servers.filter((server) => server !== spared);
    await Promise.all(killed.map((server) => server.kill()));
    for (const server of killed) {
      this.#servers[this.#servers.indexOf(server)] = await this.#start(server.port);
    }
  }
}
