import { cp, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A change of one place in the sources. */
export interface Alteration {
  /** Below apps/server/src. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export interface AlteredBuild extends AsyncDisposable {
  readonly script: string;
}

/** Builds the server with one place of its sources changed, to see whether a check notices. */
export async function buildAltered(alteration: Alteration): Promise<AlteredBuild> {
  await mkdir(join(ROOT, "data"), { recursive: true });
  // Below the root, where the build finds its packages.
  const folder = await mkdtemp(join(ROOT, "data/altered-"));
  const dist = join(folder, "dist");
  await cp(join(ROOT, "dist"), dist, { recursive: true });
  await build({
    entryPoints: {
      orcha: join(ROOT, "apps/server/src/main.ts"),
      "writer-thread": join(ROOT, "apps/server/src/writer-thread.ts"),
    },
    outdir: dist,
    bundle: true,
    splitting: true,
    chunkNames: "altered/[name]-[hash]",
    platform: "node",
    format: "esm",
    target: "node20",
    external: ["libsql", "pg-native"],
    define: { ORCHA_VERSION: '"0.0.0"' },
    banner: {
      js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
    },
    plugins: [alter(alteration)],
    logLevel: "error",
  });
  return {
    script: join(dist, "orcha.js"),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Fails unless the place is there, and only once: otherwise nothing, or something else, was changed. */
function alter({ file, from, to }: Alteration): Plugin {
  return {
    name: "alter",
    setup(bundler) {
      let times = 0;
      bundler.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        if (path !== join(ROOT, "apps/server/src", file)) return undefined;
        const text = await readFile(path, "utf8");
        times = text.split(from).length - 1;
        return { contents: text.replace(from, () => to), loader: "ts" };
      });
      bundler.onEnd(() => {
        if (times !== 1) throw new Error(`The place to change is ${times} times in ${file}.`);
      });
    },
  };
}
