// Builds the console's files: its page, its hashed script with the styles inside, a manifest for the server.
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const TARGET = "es2022";
const CSS_TARGET = ["chrome111", "firefox113", "safari16.4"];

/**
 * Builds everything into `outDir`.
 *
 * @param {string} outDir
 */
export async function buildConsole(outDir) {
  await rm(outDir, { recursive: true, force: true });
  await mkdir(path.join(outDir, "assets"), { recursive: true });
  const { metafile } = await build({
    entryPoints: { console: path.join(here, "src/main.tsx") },
    outdir: path.join(outDir, "assets"),
    entryNames: "[name]-[hash]",
    bundle: true,
    minify: true,
    format: "iife",
    target: TARGET,
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    plugins: [minifiedCssText],
    metafile: true,
  });
  const [script] = Object.keys(metafile.outputs).map((file) => path.basename(file));
  await cp(path.join(here, "src/console.html"), path.join(outDir, "console.html"));
  await writeFile(path.join(outDir, "manifest.json"), `${JSON.stringify({ script })}\n`);
}

/** @type {import("esbuild").Plugin} */
const minifiedCssText = {
  name: "minified-css-text",
  setup(builder) {
    builder.onLoad({ filter: /\.css$/ }, async ({ path: file }) => {
      const css = await readFile(file, "utf8");
      const { code } = await transform(css, { loader: "css", minify: true, target: CSS_TARGET });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildConsole(path.join(here, "../../dist/console"));
}
