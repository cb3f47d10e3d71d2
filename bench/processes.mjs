import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * A server under test.
 *
 * @typedef {{ name: string, pid: number, origin: string, readyMs: number, stop: () => Promise<void> }} ServerProcess
 */

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const TICKS_PER_SECOND = 100;

/**
 * Starts one of this folder's servers, which tells its port when it listens.
 *
 * @param {string} script
 * @param {string[]} args
 * @returns {Promise<ServerProcess>}
 */
export async function startScript(script, ...args) {
  const started = performance.now();
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), args);
  const [{ port }] = await once(child, "message");
  return {
    name: script,
    pid: child.pid ?? 0,
    origin: `http://127.0.0.1:${port}`,
    readyMs: performance.now() - started,
    stop: () => stop(child),
  };
}

/**
 * Starts the built server as its owner would and waits until it says that it is ready.
 *
 * @param {string} folder of its data and its log
 * @param {string} modelOrigin
 * @param {Readonly<Record<string, string>>} env
 * @returns {Promise<ServerProcess>}
 */
export async function startOrcha(folder, modelOrigin, env = {}) {
  const port = await freePort();
  const log = join(folder, "orcha.log");
  const output = openSync(log, "a");
  const started = performance.now();
  const child = spawn(process.execPath, [join(ROOT, "dist/orcha.js"), "serve"], {
    cwd: folder,
    stdio: ["ignore", output, output],
    env: {
      PATH: process.env.PATH,
      HOST: "127.0.0.1",
      PORT: String(port),
      ORCHA_DATA_DIR: join(folder, "orcha"),
      ORCHA_MODELS: "openai-compatible/scripted",
      ORCHA_MODEL_BASE_URL: `${modelOrigin}/v1`,
      ORCHA_MODEL_API_KEY: "x",
      ORCHA_RATE_LIMITS: "off",
      ...env,
    },
  });
  const origin = `http://127.0.0.1:${port}`;
  while (!(await isReady(origin))) {
    if (child.exitCode !== null || performance.now() - started > 20_000) {
      throw new Error(`The server did not start:\n${readFileSync(log, "utf8").slice(-2_000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
  const readyMs = performance.now() - started;
  return { name: "orcha", pid: child.pid ?? 0, origin, readyMs, stop: () => stop(child) };
}

/**
 * CPU that a process has used so far in all its threads, in milliseconds; Linux only.
 *
 * @param {number} pid
 */
export function cpuMs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS_PER_SECOND;
}

/**
 * Resident memory in MB: now, and at its highest.
 *
 * @param {number} pid
 */
export function memoryMb(pid) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const read = (/** @type {string} */ name) =>
    Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 102.4) / 10;
  return { now: read("VmRSS"), peak: read("VmHWM") };
}

/** False where CPU and memory of another process cannot be read. */
export function canMeasure() {
  return existsSync("/proc/self/stat");
}

/** @param {string} origin */
async function isReady(origin) {
  return fetch(`${origin}/readyz`).then(
    (response) => response.ok,
    () => false,
  );
}

/** @param {import("node:child_process").ChildProcess} child */
async function stop(child) {
  if (child.exitCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  await exited;
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
