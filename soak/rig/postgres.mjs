import { execFile, execFileSync } from "node:child_process";
import { chown, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { freePort } from "./orcha-process.mjs";

const run = promisify(execFile);
const ROLE = "orcha";

/** Where PostgreSQL's programs are; undefined where none is installed. */
export async function findPostgres() {
  // Debian keeps the server's programs off the PATH, one folder per version.
  const base = "/usr/lib/postgresql";
  const versions = await readdir(base).catch(() => []);
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  if (newest) return join(base, newest, "bin");
  const found = await run("sh", ["-c", "command -v initdb"]).catch(() => undefined);
  return found ? join(found.stdout.trim(), "..") : undefined;
}

/** A throw-away PostgreSQL with its usual durability, which scenarios may crash and start again. */
export class PostgresCluster {
  #bin;
  #folder;
  #asUser;
  #port = 0;
  #databases = 0;

  /**
   * @param {string} bin
   * @param {string} folder
   * @param {{ uid: number, gid: number } | undefined} asUser
   */
  constructor(bin, folder, asUser) {
    this.#bin = bin;
    this.#folder = folder;
    this.#asUser = asUser;
  }

  /** @param {string} bin */
  static async create(bin) {
    const folder = await mkdtemp(join(tmpdir(), "orcha-soak-postgres-"));
    const asUser = await unprivilegedUser();
    if (asUser) await chown(folder, asUser.uid, asUser.gid);
    const cluster = new PostgresCluster(bin, folder, asUser);
    const args = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"];
    await cluster.#program("initdb", "-D", join(folder, "data"), ...args);
    cluster.#port = await freePort();
    await cluster.start();
    process.once("exit", cluster.#endAtOnce);
    await cluster.rows("postgres", `create role ${ROLE} login`);
    return cluster;
  }

  get port() {
    return this.#port;
  }

  async start() {
    const options = `-p ${this.#port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${this.#folder} -c max_connections=200`;
    const log = join(this.#folder, "log");
    await this.#program("pg_ctl", ...this.#data(), "-l", log, "-o", options, "start");
  }

  /** What a crash of the database leaves: nothing is flushed, no connection is told. */
  async crash() {
    await this.#program("pg_ctl", ...this.#data(), "-m", "immediate", "stop");
  }

  /** Makes an empty database that an ordinary role owns, and gives its name. */
  async createDatabase() {
    const name = `orcha_${++this.#databases}`;
    await this.rows("postgres", `create database ${name} owner ${ROLE}`);
    return name;
  }

  /**
   * Its address, by itself or through a proxy on another port.
   *
   * @param {string} database
   * @param {number} port
   */
  url(database, port = this.#port) {
    return `postgres://${ROLE}@127.0.0.1:${port}/${database}`;
  }

  /**
   * @param {string} database
   * @param {string} sql
   * @returns {Promise<string[][]>}
   */
  async rows(database, sql) {
    const url = `postgres://postgres@127.0.0.1:${this.#port}/${database}`;
    const args = ["-X", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-c", sql, url];
    const { stdout } = await run(join(this.#bin, "psql"), args, { maxBuffer: 2 ** 28 });
    return stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => line.split("\t"));
  }

  async remove() {
    process.off("exit", this.#endAtOnce);
    await this.crash().catch(() => {});
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** A server of PostgreSQL outlives who started it. */
  #endAtOnce = () => {
    execFileSync(join(this.#bin, "pg_ctl"), [...this.#data(), "-m", "immediate", "stop"], {
      ...this.#asUser,
      cwd: this.#folder,
      stdio: "ignore",
    });
  };

  #data() {
    return ["-D", join(this.#folder, "data"), "-w"];
  }

  /**
   * @param {string} name
   * @param {string[]} args
   */
  #program(name, ...args) {
    return run(join(this.#bin, name), args, { ...this.#asUser, cwd: this.#folder });
  }
}

/** PostgreSQL refuses to run as root; Debian's package brings the user `postgres`. */
async function unprivilegedUser() {
  if (process.getuid?.() !== 0) return undefined;
  const id = async (/** @type {string} */ flag) =>
    Number((await run("id", [flag, "postgres"])).stdout);
  return { uid: await id("-u"), gid: await id("-g") };
}
