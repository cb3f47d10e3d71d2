import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

/** @typedef {typeof import("../../packages/client/src/index.ts")} Client */

const SOURCE = fileURLToPath(new URL("../../packages/client/src/index.ts", import.meta.url));

/**
 * The project's own client, as a page would have it.
 *
 * @param {string} folder
 * @returns {Promise<Client>}
 */
export async function loadClient(folder) {
  const outfile = join(folder, "client.mjs");
  await build({ entryPoints: [SOURCE], outfile, bundle: true, format: "esm", logLevel: "error" });
  return import(pathToFileURL(outfile).href);
}
