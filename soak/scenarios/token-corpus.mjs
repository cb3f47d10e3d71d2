import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const FOLDER = "../../apps/server/src/tenants/identity/testing";

/**
 * @typedef {typeof import("../../apps/server/src/tenants/identity/testing/forged-tokens.ts")
 *   & typeof import("../../apps/server/src/tenants/identity/testing/honest-tokens.ts")
 *   & typeof import("../../apps/server/src/tenants/identity/testing/token-world.ts")} Corpus
 */

/**
 * The server's own corpus of forged and honest tokens.
 *
 * @param {string} folder
 * @returns {Promise<Corpus>}
 */
export async function loadTokenCorpus(folder) {
  const outfile = join(folder, "token-corpus.mjs");
  const files = ["forged-tokens", "honest-tokens", "token-world"];
  await build({
    stdin: {
      contents: files.map((file) => `export * from "${FOLDER}/${file}.ts";`).join("\n"),
      resolveDir: fileURLToPath(new URL(".", import.meta.url)),
    },
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
  });
  return import(pathToFileURL(outfile).href);
}
