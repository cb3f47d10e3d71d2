import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const PRELOAD = fileURLToPath(new URL("shifted-clock.mjs", import.meta.url));

/**
 * Starts a server whose wall clock can be set wrong while it runs.
 *
 * @param {import("./rig.mjs").Rig} rig
 * @param {{ origin: string }} model
 * @param {{ env: Record<string, string>, offsetMs: number }} options
 */
export async function startSkewed(rig, model, { env, offsetMs }) {
  const file = rig.file(`clock-${offsetMs}`);
  writeFileSync(file, String(offsetMs));
  const server = await rig.orcha(model, {
    env: { ...env, CLOCK_FILE: file },
    nodeArgs: ["--import", PRELOAD],
  });
  return {
    server,
    /** @param {number} ms from the right time */
    setClock(ms) {
      writeFileSync(file, String(ms));
      server.child.kill("SIGUSR2");
    },
  };
}
