// Builds the widget's files: the loader, the frame's hashed scripts and words, a manifest for the server, the demo page.
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { minify } from "terser";
import { elsewhere, jsxFactory, minifiedCssText, oneScript } from "./build-plugins.mjs";
import { pinnedLoaders } from "./pinned-loaders.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const MAIN = "src/frame/main.tsx";
const TARGET = "es2022";

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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(await buildWidget(path.join(here, "../../dist/widget")));
}
