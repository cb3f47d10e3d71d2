import { spawn } from "node:child_process";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { build as bundle } from "esbuild";
import { ROOT } from "./stamp.mjs";

/**
 * The packages that pages build in: what each is made of, and what is left to whoever installs it.
 *
 * @type {readonly { name: string, entry: string, external: string[], banner?: string }[]}
 */
const PACKAGES = [
  { name: "widget", entry: "apps/widget/src/index.ts", external: [] },
  {
    name: "react",
    entry: "packages/react/src/index.ts",
    external: ["@orcha/widget", "react"],
    // A component with effects; without these words a framework would run it on its server alone.
    banner: '"use client";',
  },
  { name: "vue", entry: "packages/vue/src/index.ts", external: ["@orcha/widget", "vue"] },
  {
    name: "web-component",
    entry: "packages/web-component/src/index.ts",
    external: ["@orcha/widget"],
  },
];

/** The folders below packages/ that `buildPackages` makes a dist/ for. */
export const PACKAGE_NAMES = PACKAGES.map(({ name }) => name);

/**
 * Builds each package's dist/ into a folder of its name: one module, and its types.
 *
 * @param {string} outdir
 * @param {{ loader: string, plugins: import("esbuild").Plugin[] }} widget the built script, and what its sources need
 */
export async function buildPackages(outdir, { loader, plugins }) {
  await Promise.all(
    PACKAGES.map(async ({ name, entry, external, banner }) => {
      await bundle({
        bundle: true,
        format: "esm",
        target: "es2022",
        absWorkingDir: ROOT,
        entryPoints: { index: entry },
        outdir: join(outdir, name),
        external,
        ...(banner && { banner: { js: banner } }),
        plugins,
        logLevel: "warning",
      });
    }),
  );
  await copyFile(loader, join(outdir, "widget/aura.js"));
  await Promise.all(
    PACKAGE_NAMES.map((name) => copyFile(join(ROOT, "LICENSE"), join(outdir, name, "LICENSE"))),
  );
  // The wrappers' types are made from the widget's, as they will be read.
  await buildTypes("widget", outdir);
  await Promise.all(
    PACKAGE_NAMES.filter((name) => name !== "widget").map((name) => buildTypes(name, outdir)),
  );
}

/**
 * Has the compiler write declarations, and keeps those that the entry leads to: a package says what can be used of it.
 *
 * @param {string} name
 * @param {string} outdir
 */
async function buildTypes(name, outdir) {
  const { entry = "" } = PACKAGES.find((one) => one.name === name) ?? {};
  const all = join(outdir, `${name}-types`);
  const config = join(outdir, `${name}-tsconfig.json`);
  await mkdir(all, { recursive: true });
  await writeFile(
    config,
    JSON.stringify({
      extends: join(ROOT, "packages", name, "tsconfig.json"),
      compilerOptions: {
        noEmit: false,
        declaration: true,
        emitDeclarationOnly: true,
        // Whether they hold is for the check to say.
        noCheck: true,
        rootDir: dirname(join(ROOT, entry)),
        outDir: all,
        paths: { "@orcha/widget": [join(outdir, "widget/index.d.ts")] },
      },
      files: [join(ROOT, entry)],
      include: [],
    }),
  );
  await compile(config);
  await copyDeclarations(all, join(outdir, name), "index");
  await Promise.all([rm(all, { recursive: true }), rm(config)]);
}

/**
 * Copies a declaration and what it imports. The compiler leaves `./surface.ts` as it was written; a package has no such file.
 *
 * @param {string} from
 * @param {string} to
 * @param {string} module
 * @returns {Promise<void>}
 */
async function copyDeclarations(from, to, module) {
  const text = await readFile(join(from, `${module}.d.ts`), "utf8");
  const relative = /(?<=from ")(\.[^"]+)\.ts(?=")/g;
  await mkdir(dirname(join(to, module)), { recursive: true });
  await writeFile(join(to, `${module}.d.ts`), text.replace(relative, "$1.js"));
  for (const [, imported = ""] of text.matchAll(relative)) {
    await copyDeclarations(from, to, join(dirname(module), imported));
  }
}

/**
 * @param {string} config
 * @returns {Promise<void>}
 */
function compile(config) {
  const compiler = spawn(
    process.execPath,
    [join(ROOT, "node_modules/typescript/bin/tsc"), "-p", config, "--pretty", "false"],
    { stdio: "inherit" },
  );
  return new Promise((resolve, reject) => {
    compiler.once("error", reject);
    compiler.once("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`${config}: the types cannot be built`)),
    );
  });
}
