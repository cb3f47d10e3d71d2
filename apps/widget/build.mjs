// Builds the widget's files: the loader, the frame's hashed scripts and words, a manifest for the server, the demo page.
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";
import { minify } from "terser";
import { pinnedLoaders } from "./pinned-loaders.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const MAIN = "src/frame/main.tsx";
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
  const [frame, locales] = await Promise.all([buildFrame(outDir), copyLocales(outDir)]);

  await cp(path.join(here, "src/frame/frame.html"), path.join(outDir, "frame.html"));
  await cp(path.join(here, "version-page.html"), path.join(outDir, "version-page.html"));
  const { version } = JSON.parse(await readFile(path.join(here, "package.json"), "utf8"));
  const loaders = await pinnedLoaders(outDir, version, path.join(here, "released"));
  const manifest = { version, ...loaders, ...frame, locales };
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

/**
 * The frame's script, and a chunk for each part that is loaded later. The entry itself is nothing but an import of the script.
 *
 * @param {string} outDir
 */
async function buildFrame(outDir) {
  const highlighter = await buildHighlighter(outDir);
  const { metafile } = await build({
    entryPoints: { frame: path.join(here, MAIN) },
    outdir: path.join(outDir, "assets"),
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    target: TARGET,
    // The automatic JSX runtime is a second way of making what `h` makes; one of them is enough.
    jsx: "transform",
    jsxFactory: "h",
    jsxFragment: "Fragment",
    tsconfigRaw: {},
    legalComments: "none",
    absWorkingDir: here,
    plugins: [minifiedCssText, jsxFactory, oneScript, elsewhere(/\/highlight\.ts$/, highlighter)],
    metafile: true,
  });
  const files = Object.entries(metafile.outputs).filter(
    ([, { entryPoint }]) => entryPoint !== MAIN,
  );
  const [script] = files.find(([, { inputs }]) => MAIN in inputs) ?? [];
  if (!script) throw new Error("The frame has no script");
  const [entry] =
    Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === MAIN) ?? [];
  if (entry) await rm(path.join(here, entry));
  return {
    script: path.basename(script),
    assets: [...files.map(([file]) => path.basename(file)), highlighter].sort(),
  };
}

/**
 * What colours code, by itself: its CommonJS needs wrappers that the frame's own script would otherwise load as well.
 *
 * @param {string} outDir
 */
async function buildHighlighter(outDir) {
  const { metafile } = await build({
    entryPoints: { highlight: path.join(here, "src/frame/highlight/highlight.ts") },
    outdir: path.join(outDir, "assets"),
    entryNames: "[name]-[hash]",
    bundle: true,
    minify: true,
    format: "esm",
    target: TARGET,
    legalComments: "none",
    metafile: true,
  });
  return path.basename(Object.keys(metafile.outputs)[0] ?? "");
}

/**
 * Leaves an import to a file that has been built already.
 *
 * @param {RegExp} filter
 * @param {string} file
 * @returns {import("esbuild").Plugin}
 */
function elsewhere(filter, file) {
  return {
    name: "elsewhere",
    setup(builder) {
      builder.onResolve({ filter }, () => ({ path: `./${file}`, external: true }));
    },
  };
}

/**
 * The words of each language, which the server puts into the frame's document.
 *
 * @param {string} outDir
 */
async function copyLocales(outDir) {
  const folder = path.join(here, "src/frame/i18n");
  await mkdir(path.join(outDir, "locales"));
  const files = (await readdir(folder)).filter((name) => name.endsWith(".json")).sort();
  for (const name of files) {
    const words = JSON.parse(await readFile(path.join(folder, name), "utf8"));
    // The others are loaded with the parts that say them.
    const { later: _, ...atOnce } = words;
    await writeFile(path.join(outDir, "locales", name), JSON.stringify(atOnce));
  }
  return files.map((name) => path.basename(name, ".json"));
}

/**
 * Makes one script of the frame and of what it shares with later parts, where the bundler would make two: a file goes into a
 * chunk by the entries that reach it, and so the later parts, which all import the kit, are made to reach all of the frame.
 *
 * @type {import("esbuild").Plugin}
 */
const oneScript = {
  name: "one-script",
  setup(builder) {
    builder.onLoad({ filter: /[\\/]frame[\\/]kit\.ts$/ }, async ({ path: file }) => {
      const code = await readFile(file, "utf8");
      return { contents: `${code}\nimport "./main.tsx";`, loader: "ts" };
    });
  },
};

/**
 * Gives every file with JSX what makes elements, and no other file: what is loaded later would drag it along.
 *
 * @type {import("esbuild").Plugin}
 */
const jsxFactory = {
  name: "jsx-factory",
  setup(builder) {
    builder.onLoad({ filter: /\.tsx$/ }, async ({ path: file }) => {
      const code = await readFile(file, "utf8");
      return { contents: `${code}\nimport { Fragment, h } from "preact";`, loader: "tsx" };
    });
  },
};

/** @type {import("esbuild").Plugin} */
export const minifiedCssText = {
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
