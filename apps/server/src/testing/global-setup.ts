import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { TestProject } from "vitest/node";
import { startPostgres } from "./postgres-server.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The bundled writer thread: a worker cannot load TypeScript by itself. */
    readonly writerScript: string;
    /** The bundled ingest thread. */
    readonly ingestScript: string;
    /** Of a superuser; null where PostgreSQL is not installed. */
    readonly postgresUrl: string | null;
  }
}

/** Once per test run: the bundles of the threads and a PostgreSQL server. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  project.provide("writerScript", await bundleThread("writer-thread"));
  project.provide("ingestScript", await bundleThread("ingest-thread"));

  const postgres = await startPostgres();
  if (!postgres) {
    console.warn("PostgreSQL is not installed: its half of the storage suite is skipped.");
  }
  project.provide("postgresUrl", postgres?.url ?? null);
  return async () => postgres?.stop();
}

async function bundleThread(name: string): Promise<string> {
  const script = fileURLToPath(
    new URL(`../../../../node_modules/.cache/orcha/${name}.mjs`, import.meta.url),
  );
  await build({
    entryPoints: [fileURLToPath(new URL(`../${name}.ts`, import.meta.url))],
    outfile: script,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    external: ["libsql"],
    sourcemap: "inline",
    logLevel: "error",
  });
  return script;
}
