import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Balancer } from "./balancer.mjs";
import { loadClient } from "./client.mjs";
import { forgetConnections } from "./exchange.mjs";
import { startModelServer } from "./model-server.mjs";
import { freePort, OrchaProcess } from "./orcha-process.mjs";
import { findPostgres, PostgresCluster } from "./postgres.mjs";
import { readSqlite } from "./sqlite.mjs";
import { TcpProxy } from "./tcp-proxy.mjs";

/**
 * A database: how a server finds it, and how a scenario looks into it.
 *
 * @typedef {{ engine: "sqlite" | "postgres", env: Record<string, string>, rows: (sql: string) => Promise<string[][]> }} Storage
 */

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** What all scenarios of a run share: the build under test, a folder, and one PostgreSQL. */
export class Workshop {
  /** @type {Promise<PostgresCluster> | undefined} */
  #postgres;

  /**
   * @param {string} folder
   * @param {string} dist
   * @param {string | undefined} postgresPrograms
   */
  constructor(folder, dist, postgresPrograms) {
    this.folder = folder;
    this.dist = dist;
    this.postgresPrograms = postgresPrograms;
  }

  /**
   * Takes a copy of the build, so that building anew meanwhile changes nothing.
   *
   * @param {string} dist
   */
  static async open(dist = join(ROOT, "dist")) {
    await mkdir(join(ROOT, "data"), { recursive: true });
    // Not in the system's temporary folder, which is memory on some machines: a sync has to cost what it costs. And
    // below the root, where the build finds its packages.
    const folder = await mkdtemp(join(ROOT, "data/soak-"));
    const copy = join(folder, "dist");
    await cp(dist, copy, { recursive: true });
    return new Workshop(folder, copy, await findPostgres());
  }

  /** The one cluster; undefined where PostgreSQL is not installed. */
  async postgres() {
    if (this.postgresPrograms === undefined) return undefined;
    this.#postgres ??= PostgresCluster.create(this.postgresPrograms);
    return this.#postgres;
  }

  async close() {
    await (await this.#postgres)?.remove();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The machinery of one scenario; everything it started ends with it. */
export class Rig {
  #workshop;
  #folder;
  /** @type {OrchaProcess[]} */
  #servers = [];
  /** @type {(() => Promise<unknown>)[]} */
  #closers = [forgetConnections];

  /**
   * @param {Workshop} workshop
   * @param {string} folder
   */
  constructor(workshop, folder) {
    this.#workshop = workshop;
    this.#folder = folder;
  }

  /** @param {Workshop} workshop */
  static async open(workshop) {
    return new Rig(workshop, await mkdtemp(join(workshop.folder, "scenario-")));
  }

  /** @param {() => Promise<unknown>} close run at the end, the last one first */
  defer(close) {
    this.#closers.push(close);
  }

  /** What servers said that ended by themselves. */
  lastWords() {
    return this.#servers.filter(({ hasDied }) => hasDied).map((server) => server.tail());
  }

  async close() {
    for (const close of this.#closers.reverse()) await close();
  }

  async model() {
    const model = await startModelServer();
    this.defer(() => model.close());
    return model;
  }

  /**
   * A folder for the embedded database.
   *
   * @returns {Storage & { file: string }}
   */
  sqlite(name = "data") {
    const folder = join(this.#folder, name);
    const file = join(folder, "orcha.db");
    const rows = async (/** @type {string} */ sql) => readSqlite(file, sql);
    return { engine: "sqlite", env: { ORCHA_DATA_DIR: folder }, file, rows };
  }

  /**
   * An empty database of the run's cluster.
   *
   * @returns {Promise<Storage & { cluster: PostgresCluster, database: string }>}
   */
  async postgres() {
    const cluster = await this.#workshop.postgres();
    if (!cluster) throw new Error("PostgreSQL is not installed.");
    const database = await cluster.createDatabase();
    const rows = (/** @type {string} */ sql) => cluster.rows(database, sql);
    const env = { DATABASE_URL: cluster.url(database) };
    return { engine: "postgres", env, rows, cluster, database };
  }

  /**
   * Begins to start a server; `ready()` tells when it serves.
   *
   * @param {{ origin: string }} model
   * @param {{ env: Record<string, string>, port?: number, nodeArgs?: readonly string[] }} options
   */
  async spawnOrcha(model, { env, port, nodeArgs }) {
    const server = new OrchaProcess({
      script: join(this.#workshop.dist, "orcha.js"),
      folder: this.#folder,
      log: join(this.#folder, `server-${this.#servers.length}.log`),
      port: port ?? (await freePort()),
      ...(nodeArgs && { nodeArgs }),
      env: {
        ORCHA_MODELS: "openai-compatible/scripted",
        ORCHA_MODEL_BASE_URL: `${model.origin}/v1`,
        ORCHA_MODEL_API_KEY: "x",
        // One address stands for thousands of visitors here.
        ORCHA_RATE_LIMITS: "off",
        ...env,
      },
    });
    this.#servers.push(server);
    this.defer(() => server.kill());
    return server;
  }

  /**
   * Starts a server and waits until it serves.
   *
   * @param {{ origin: string }} model
   * @param {{ env: Record<string, string>, port?: number, nodeArgs?: readonly string[] }} options
   */
  async orcha(model, options) {
    const server = await this.spawnOrcha(model, options);
    await server.ready();
    return server;
  }

  /** @param {string} name */
  file(name) {
    return join(this.#folder, name);
  }

  /** The project's own client. */
  client() {
    return loadClient(this.#folder);
  }

  /** @param {number} target */
  async tcpProxy(target) {
    const proxy = new TcpProxy(target);
    await proxy.listen();
    this.defer(() => proxy.refuse());
    return proxy;
  }

  /** @param {number[]} replicas */
  async balancer(replicas) {
    const balancer = new Balancer(replicas);
    await balancer.listen();
    this.defer(() => balancer.close());
    return balancer;
  }
}
