import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, it } from "vitest";
import { findPostgres, PostgresCluster } from "../soak/rig/postgres.mjs";
import { type AlteredBuild, buildAltered } from "./support/altered-build.ts";

const WITHIN_MS = 300_000;
const DIST = fileURLToPath(new URL("../dist/orcha.js", import.meta.url));

/** The list of users, as if somebody had forgotten whose they are to be. */
const WITHOUT_TENANT = {
  file: "users/store.ts",
  from: `.where("tenant_id", "=", p("tenantId"))\n    .where("id", ">", p("after"))`,
  to: `.where("id", ">", p("after"))`,
};

describe("orcha isolation-test", () => {
  const programs = findPostgres();
  let postgres: PostgresCluster | undefined;
  let altered: AlteredBuild;
  beforeAll(async () => {
    const found = await programs;
    postgres = found === undefined ? undefined : await PostgresCluster.create(found);
    altered = await buildAltered(WITHOUT_TENANT);
  });
  afterAll(async () => {
    await postgres?.remove();
    await altered[Symbol.asyncDispose]();
  });

  it.concurrent(
    "finds no leak in the build as it is on SQLite",
    async ({ expect }) => {
      const { status, output } = await run(DIST);
      expect(output).toMatch(/ routes, \d{4,} requests: nothing leaked\./);
      expect(status).toBe(0);
    },
    WITHIN_MS,
  );

  it.concurrent(
    "finds the leak when one query forgets its tenant",
    async ({ expect }) => {
      const { status, output } = await run(altered.script);
      expect(output).toMatch(/LEAK: .* of tenant B was shown to the .* of tenant A/s);
      expect(status).toBe(1);
    },
    WITHIN_MS,
  );

  it.concurrent(
    "finds no leak on PostgreSQL, also when a query forgets its tenant: the database does not",
    async ({ expect, skip }) => {
      if (!postgres) return skip("PostgreSQL is not installed");
      const database = await postgres.createDatabase();
      const { status, output } = await run(altered.script, {
        DATABASE_URL: postgres.url(database),
      });
      expect(output).toMatch(/ routes, \d{4,} requests: nothing leaked\./);
      expect(status).toBe(0);
    },
    WITHIN_MS,
  );

  it.concurrent(
    "leaves nothing behind in a database but the audit log",
    async ({ expect, skip }) => {
      if (!postgres) return skip("PostgreSQL is not installed");
      const database = await postgres.createDatabase();
      const { status } = await run(DIST, { DATABASE_URL: postgres.url(database) });
      expect(status).toBe(0);
      const counts = await postgres.rows(
        database,
        `select relname, (xpath('/row/c/text()', query_to_xml('select count(*) c from ' || relname, false, true, '')))[1]::text
       from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`,
      );
      const full = counts.filter(([, count]) => count !== "0").map(([table]) => table);
      expect(full.sort()).toEqual([
        "audit_log",
        "installation",
        "kysely_migration",
        "kysely_migration_lock",
        "sign_in_failures",
        "tenants",
        "users",
      ]);
    },
    WITHIN_MS,
  );
});

function run(
  script: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly output: string }> {
  const { PATH = "" } = process.env; // no other variable reaches it
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [script, "isolation-test"],
      { env: { PATH, ...env }, maxBuffer: 2 ** 26 },
      (error, stdout, stderr) =>
        resolve({ status: error === null ? 0 : Number(error.code), output: stdout + stderr }),
    );
  });
}
