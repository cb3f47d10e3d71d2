/**
 * What a promise is measured on. `at` gives a server by a running number, so that requests go to all of them in turn.
 *
 * @typedef {{ storage: import("./rig.mjs").Storage, servers: import("./orcha-process.mjs").OrchaProcess[], at: (index: number) => import("./orcha-process.mjs").OrchaProcess }} Replicas
 */

/**
 * Starts one server on SQLite, or two on one PostgreSQL.
 *
 * @param {import("./rig.mjs").Rig} rig
 * @param {{ origin: string }} model
 * @param {{ engine: "sqlite" | "postgres", env?: Record<string, string>, nodeArgs?: readonly string[] }} options
 * @returns {Promise<Replicas>}
 */
export async function startReplicas(rig, model, { engine, env = {}, nodeArgs }) {
  const storage = engine === "sqlite" ? rig.sqlite() : await rig.postgres();
  const options = { env: { ...storage.env, ...env }, ...(nodeArgs && { nodeArgs }) };
  const first = await rig.orcha(model, options);
  const servers = engine === "sqlite" ? [first] : [first, await rig.orcha(model, options)];
  return { storage, servers, at: (index) => servers[index % servers.length] ?? first };
}
