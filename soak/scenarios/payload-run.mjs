import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const SUPPORT = fileURLToPath(new URL("../../e2e/support", import.meta.url));

/**
 * @typedef {typeof import("../../e2e/support/run-payloads.ts")
 *   & typeof import("../../e2e/support/content-doors.ts")} PayloadRun
 */

/**
 * What the browser test of hostile texts is made of.
 *
 * @param {string} folder
 * @returns {Promise<PayloadRun>}
 */
export async function loadPayloadRun(folder) {
  const outfile = join(folder, "payload-run.mjs");
  const files = ["run-payloads", "content-doors"];
  await build({
    stdin: {
      contents: files.map((file) => `export * from "./${file}.ts";`).join("\n"),
      resolveDir: SUPPORT,
    },
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    external: ["playwright-core"],
    plugins: [keepScripts],
    logLevel: "error",
  });
  return import(pathToFileURL(outfile).href);
}

/** Scripts of the project look for files beside them, so they stay where they are. @type {import("esbuild").Plugin} */
const keepScripts = {
  name: "keep-scripts",
  setup(bundler) {
    bundler.onResolve({ filter: /^\..*\.mjs$/ }, ({ path, importer, resolveDir }) => {
      if (importer.includes("node_modules")) return undefined;
      const from = resolveDir || dirname(importer);
      return { path: pathToFileURL(join(from, path)).href, external: true };
    });
  },
};
