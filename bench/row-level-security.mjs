import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import pg from "pg";
import { findPostgres, PostgresCluster } from "../soak/rig/postgres.mjs";
import { runLoad } from "./load.mjs";
import { cpuMs, startOrcha, startScript } from "./processes.mjs";

/**
 * What the second wall between tenants costs on PostgreSQL, each against a baseline in the same run, in turn:
 * a read by its key with the tenant travelling along, against the same read without; and whole turns where the database
 * checks every row, against turns where its checks are switched off.
 */

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const ROUNDS = 9;
const READS = 3_000;
const TURNS = { streams: false, atOnce: 16, ms: 4_000 };

const bin = await findPostgres();
if (!bin) throw new Error("PostgreSQL is not installed.");
mkdirSync(join(ROOT, "data"), { recursive: true });
const folder = mkdtempSync(join(ROOT, "data/bench-"));
const cluster = await PostgresCluster.create(bin);
try {
  const result = { rounds: ROUNDS, read: await measureReads(), turn: await measureTurns() };
  const file = join(ROOT, "bench/results/row-level-security.json");
  writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`);
  console.log(result);
} finally {
  await cluster.remove();
  rmSync(folder, { recursive: true, force: true });
}

/** Microseconds of one read by its key, and how often the baseline's it is. */
async function measureReads() {
  const ScopedQuery = await loadScopedQuery();
  const database = await cluster.createDatabase();
  const client = new pg.Client(cluster.url(database));
  await client.connect();
  await client.query("create table rows (tenant_id text, id bigint, primary key (tenant_id, id))");
  await client.query("insert into rows select 'a', n from generate_series(1, 10000) n");
  await client.query("analyze rows");

  const text = "select id from rows where tenant_id = $1 and id = $2";
  const query = (/** @type {number} */ id) => ({ name: "read", text, values: ["a", id] });
  const plain = (/** @type {number} */ id) => client.query(query(id));
  const scoped = (/** @type {number} */ id) =>
    new Promise((resolve, reject) => {
      const sent = new ScopedQuery("a", query(id));
      sent.callback = (/** @type {Error | null} */ failure, /** @type {unknown} */ rows) =>
        failure ? reject(failure) : resolve(rows);
      client.query(sent);
    });
  const rounds = await inTurn(
    () => timeReads(plain),
    () => timeReads(scoped),
  );
  await client.end();
  return rounds;
}

/** @param {(id: number) => Promise<unknown>} read */
async function timeReads(read) {
  const started = performance.now();
  for (let id = 1; id <= READS; id += 1) await read(id);
  return ((performance.now() - started) * 1_000) / READS;
}

/** The server's own class, which is written in TypeScript. */
async function loadScopedQuery() {
  const outfile = join(folder, "scoped-query.mjs");
  const entry = join(ROOT, "apps/server/src/db/scoped-query.ts");
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    external: ["pg"],
  });
  return (await import(pathToFileURL(outfile).href)).ScopedQuery;
}

/** Milliseconds of the server's and the database's CPU for one turn. */
async function measureTurns() {
  const model = await startScript("scripted-model.mjs");
  const walled = await startServer(model, "walled");
  const open = await startServer(model, "open");
  const tables = await cluster.rows(
    open.database,
    "select tablename from pg_tables where schemaname = 'public' and rowsecurity",
  );
  for (const [table] of tables) {
    await cluster.rows(open.database, `alter table ${table} disable row level security`);
  }
  try {
    return await inTurn(
      () => cpuOfTurn(open),
      () => cpuOfTurn(walled),
    );
  } finally {
    await Promise.all([walled.server.stop(), open.server.stop()]);
    await model.stop();
  }
}

/**
 * @param {{ origin: string }} model
 * @param {string} name
 */
async function startServer(model, name) {
  const database = await cluster.createDatabase();
  const own = join(folder, name);
  mkdirSync(own);
  const env = { DATABASE_URL: cluster.url(database), ORCHA_LOG_LEVEL: "warn" };
  return { database, server: await startOrcha(own, model.origin, env) };
}

/** @param {{ database: string, server: import("./processes.mjs").ServerProcess }} of */
async function cpuOfTurn({ database, server }) {
  const before = cpuMs(server.pid) + (await databaseCpuMs(database));
  const { turns, errors } = await runLoad(server.origin, TURNS);
  if (errors > 0) throw new Error(`${errors} turns failed`);
  return (cpuMs(server.pid) + (await databaseCpuMs(database)) - before) / turns;
}

/**
 * Of all connections to one database; they stay open between rounds.
 *
 * @param {string} database
 */
async function databaseCpuMs(database) {
  const sql = `select pid from pg_stat_activity where datname = '${database}' and usename = 'orcha'`;
  const pids = await cluster.rows("postgres", sql);
  return pids.reduce((sum, [pid]) => sum + cpuMs(Number(pid)), 0);
}

/**
 * Measures one after the other, so that both see the same noise; the median of the ratios counts.
 *
 * @param {() => Promise<number>} baseline
 * @param {() => Promise<number>} measured
 */
async function inTurn(baseline, measured) {
  await baseline();
  await measured();
  /** @type {[number, number][]} */
  const pairs = [];
  for (let round = 0; round < ROUNDS; round += 1) pairs.push([await baseline(), await measured()]);
  const of = (/** @type {(pair: [number, number]) => number} */ pick) => median(pairs.map(pick));
  return {
    baseline: rounded(of(([without]) => without)),
    measured: rounded(of(([, withIt]) => withIt)),
    ratio: rounded(of(([without, withIt]) => withIt / without)),
  };
}

/** @param {number[]} values */
function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** @param {number} value */
function rounded(value) {
  return Math.round(value * 1_000) / 1_000;
}
