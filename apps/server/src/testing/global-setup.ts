import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { TestProject } from "vitest/node";
import { startPostgres } from "./postgres-server.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The bundled writer thread: a worker cannot load TypeScript by itself. */
    readonly writerScript: string;
    /** Of a superuser; null where PostgreSQL is not installed. */
    readonly postgresUrl: string | null;
  }
}

/** Once per test run: the writer thread's bundle and a PostgreSQL server. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const writerScript = fileURLToPath(
    new URL("../../../../node_modules/.cache/orcha/writer-thread.mjs", import.meta.url),
  );
  await build({
    entryPoints: [fileURLToPath(new URL("../writer-thread.ts", import.meta.url))],
    outfile: writerScript,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    external: ["libsql"],
    sourcemap: "inline",
    logLevel: "error",
  });
  project.provide("writerScript", writerScript);

  const postgres = await startPostgres();
  if (!postgres) {
    console.warn("PostgreSQL is not installed: its half of the storage suite is skipped.");
  }
  project.provide("postgresUrl", postgres?.url ?? null);
  return async () => postgres?.stop();
}
