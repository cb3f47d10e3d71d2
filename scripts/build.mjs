import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { build as bundle } from "esbuild";
import { buildConsole } from "../apps/console/build.mjs";
import { buildWidget } from "../apps/widget/build.mjs";
import { minifiedCssText } from "../apps/widget/build-plugins.mjs";
import { buildPackages, PACKAGE_NAMES } from "./build-packages.mjs";
import { isBuilt, ROOT, sourceStamp } from "./stamp.mjs";

/**
 * zod's own sentences in fifty languages, 300 KB read at every start: nobody sees them, ours come from the contract.
 *
 * @type {import("esbuild").Plugin}
 */
const withoutZodLocales = {
  name: "without-zod-locales",
  setup(bundler) {
    bundler.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: 'export { default as en } from "./en.js";',
    }));
  },
};

const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

/** @type {import("esbuild").BuildOptions} */
const forNode = {
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node20",
  absWorkingDir: ROOT,
  minifySyntax: true,
  minifyWhitespace: true,
  // Native code, loaded from node_modules; pg asks for pg-native only when told to.
  external: ["libsql", "pg-native"],
  banner: {
    // CommonJS packages inside an ES module still call require for Node's own modules.
    js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
  },
  plugins: [withoutZodLocales],
  legalComments: "linked",
  logLevel: "warning",
};

if (isBuilt()) console.log("The build is up to date.");
else await build().catch(fail);

/** Builds dist/ and the packages' own dist/ anew. */
async function build() {
  const started = performance.now();
  const stamp = sourceStamp();
  // What runs or is tested meanwhile sees the old output or the new one, never half of it.
  const next = join(ROOT, `node_modules/.cache/orcha/build-${process.pid}`);
  rmSync(next, { recursive: true, force: true });
  mkdirSync(join(next, "dist"), { recursive: true });

  await Promise.all([
    buildServer(join(next, "dist")),
    buildThreads(join(next, "dist")),
    buildWidget(join(next, "dist/widget")).then(() =>
      buildPackages(join(next, "packages"), {
        loader: join(next, "dist/widget/aura.js"),
        plugins: [minifiedCssText],
      }),
    ),
    buildConsole(join(next, "dist/console")),
    buildClient(join(next, "packages/client")),
  ]);
  copyDocs(join(next, "dist/docs"));
  writeFileSync(join(next, "dist/.stamp"), stamp);

  for (const name of ["client", ...PACKAGE_NAMES]) {
    replace(join(next, "packages", name), join(ROOT, "packages", name, "dist"));
  }
  replace(join(next, "dist"), join(ROOT, "dist"));
  rmSync(next, { recursive: true, force: true });
  console.log(`Built in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
}

/**
 * The bundler has already shown what is wrong in the sources.
 *
 * @param {Error & { errors?: unknown }} error
 */
function fail(error) {
  if (!error.errors) throw error;
  process.exitCode = 1;
}

/**
 * What is imported lazily (providers' SDKs, pg) goes to chunks and costs nothing at the start.
 *
 * @param {string} outdir
 */
function buildServer(outdir) {
  return bundle({
    ...forNode,
    entryPoints: { orcha: "apps/server/src/main.ts" },
    outdir,
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    define: { ORCHA_VERSION: JSON.stringify(version) },
  });
}

/**
 * Each thread is one file of its own: sharing chunks with the server would make both load more files.
 *
 * @param {string} outdir
 */
function buildThreads(outdir) {
  const threads = ["writer-thread", "ingest-thread"].filter((name) =>
    existsSync(join(ROOT, `apps/server/src/${name}.ts`)),
  );
  return bundle({
    ...forNode,
    entryPoints: Object.fromEntries(threads.map((name) => [name, `apps/server/src/${name}.ts`])),
    outdir,
  });
}

/** @param {string} outdir */
function buildClient(outdir) {
  return bundle({
    bundle: true,
    format: "esm",
    target: "es2022",
    absWorkingDir: ROOT,
    entryPoints: { index: "packages/client/src/index.ts" },
    outdir,
    logLevel: "warning",
  });
}

/**
 * The demo's knowledge: what is written for visitors. Pictures and decisions stay behind.
 *
 * @param {string} outdir
 */
function copyDocs(outdir) {
  cpSync(join(ROOT, "docs"), outdir, {
    recursive: true,
    filter: (source) =>
      source !== join(ROOT, "docs/adr") &&
      source !== join(ROOT, "docs/images") &&
      (!/\.[a-z0-9]+$/i.test(source) || source.endsWith(".md")),
  });
}

/**
 * @param {string} source
 * @param {string} target
 */
function replace(source, target) {
  const old = `${source}.old`;
  if (existsSync(target)) renameSync(target, old);
  renameSync(source, target);
  rmSync(old, { recursive: true, force: true });
}
