import { existsSync, readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { until } from "./wait.mjs";

const PRELOAD = fileURLToPath(new URL("heap-preload.mjs", import.meta.url));

/** Lets a server tell what it holds, where signals exist. */
export const HEAP_ARGS = ["--expose-gc", "--import", PRELOAD];

/**
 * Bytes that a server which was started with `HEAP_ARGS` holds, without its garbage.
 *
 * @param {import("./orcha-process.mjs").OrchaProcess} server
 * @param {string} folder its HEAP_FOLDER
 */
export async function heldBytes(server, folder) {
  const file = `${folder}/heap-${server.pid}`;
  rmSync(file, { force: true });
  server.child.kill("SIGUSR2");
  await until("What it holds", 10_000, () => existsSync(file));
  return Number(readFileSync(file, "utf8"));
}
