// Builds the widget's files: the loader, the frame's hashed script, a manifest for the server, the demo page.
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";
import { minify } from "terser";

const here = path.dirname(fileURLToPath(import.meta.url));
const TARGET = "es2022";
const CSS_TARGET = ["chrome111", "firefox113", "safari16.4"];

/**
 * Builds everything into `outDir` and returns the manifest that is also written there.
 *
 * @param {string} outDir
 */
export async function buildWidget(outDir) {
  await rm(outDir, { recursive: true, force: true });
  await mkdir(path.join(outDir, "assets"), { recursive: true });
  await Promise.all([
    buildLoader(outDir),
    cp(path.join(here, "demo"), path.join(outDir, "demo"), { recursive: true }),
  ]);
  const assets = await buildFrame(outDir);

  await cp(path.join(here, "src/frame/frame.html"), path.join(outDir, "frame.html"));
  const { version } = JSON.parse(await readFile(path.join(here, "package.json"), "utf8"));
  const manifest = { version, ...assets };
  await writeFile(path.join(outDir, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

/** @param {string} outDir */
async function buildLoader(outDir) {
  const { outputFiles } = await build({
    entryPoints: [path.join(here, "src/loader/main.ts")],
    bundle: true,
    minify: true,
    format: "iife",
    target: TARGET,
    legalComments: "none",
    plugins: [minifiedCssText],
    write: false,
    // Spares the bytes of "use strict", which nothing in the loader depends on.
    tsconfigRaw: { compilerOptions: { strict: false } },
  });
  // Unlike esbuild, terser puts functions that are called once where they are called; every byte is the host page's.
  const { code = "" } = await minify(outputFiles[0]?.text ?? "", {
    ecma: 2020,
    compress: { passes: 3, unsafe: true, unsafe_arrows: true },
  });
  await writeFile(path.join(outDir, "aura.js"), code);
}

/** @param {string} outDir */
async function buildFrame(outDir) {
  const { metafile } = await build({
    entryPoints: { frame: path.join(here, "src/frame/main.tsx") },
    outdir: path.join(outDir, "assets"),
    entryNames: "[name]-[hash]",
    bundle: true,
    minify: true,
    format: "iife",
    target: TARGET,
    // The automatic JSX runtime is a second way of making what `h` makes; one of them is enough.
    jsx: "transform",
    jsxFactory: "h",
    jsxFragment: "Fragment",
    inject: ["jsx-factory"],
    legalComments: "none",
    plugins: [minifiedCssText, jsxFactory],
    metafile: true,
  });
  const [script] = Object.keys(metafile.outputs).map((file) => path.basename(file));
  return { script };
}

/** @type {import("esbuild").Plugin} */
const jsxFactory = {
  name: "jsx-factory",
  setup(builder) {
    builder.onResolve({ filter: /^jsx-factory$/ }, (args) => ({
      path: args.path,
      namespace: "jsx",
    }));
    builder.onLoad({ filter: /^/, namespace: "jsx" }, () => ({
      contents: 'export { Fragment, h } from "preact";',
      resolveDir: here,
    }));
  },
};

/** @type {import("esbuild").Plugin} */
const minifiedCssText = {
  name: "minified-css-text",
  setup(builder) {
    builder.onLoad({ filter: /\.css$/ }, async ({ path: file }) => {
      const css = await readFile(file, "utf8");
      const { code } = await transform(css, { loader: "css", minify: true, target: CSS_TARGET });
      // Spaces that esbuild keeps in the values of custom properties and around a slash.
      const tight = code.trim().replace(/([:,]) (?=var|env|#|\.?\d)| (\/) /g, "$1$2");
      return { contents: tight, loader: "text" };
    });
  },
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(await buildWidget(path.join(here, "../../dist/widget")));
}
