import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import Libsql from "libsql";
import pg from "pg";
import { describe, inject } from "vitest";
import type { Database } from "../db/database.ts";
import { openPostgresDatabase } from "../db/postgres.ts";
import { openSqliteDatabase } from "../db/sqlite-database.ts";

/** An ordinary role, as an owner's server would use it. */
const POSTGRES_ROLE = "orcha";

export interface TestStorage extends AsyncDisposable {
  /** Opens the storage; closing and opening again is a restart. */
  open(): Promise<Database>;
  /** Makes the storage refuse every write, as a lost database does; the answer gives it back. */
  takeAway(): Promise<() => Promise<void>>;
  /** As ORCHA_DATA_DIR or DATABASE_URL would name it. */
  readonly env: Readonly<Record<string, string>>;
}

export interface Engine {
  readonly name: "sqlite" | "postgres";
  /** Makes an empty storage of its own. */
  create(): Promise<TestStorage>;
}

export const sqlite: Engine = {
  name: "sqlite",
  async create() {
    const folder = await mkdtemp(join(tmpdir(), "orcha-test-"));
    return {
      env: { ORCHA_DATA_DIR: folder },
      open: () =>
        openSqliteDatabase(join(folder, "orcha.db"), pathToFileURL(inject("writerScript"))),
      async takeAway() {
        const other = new Libsql(join(folder, "orcha.db"));
        other.exec("begin immediate");
        return async () => void other.close();
      },
      [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
    };
  },
};

const postgres = (adminUrl: string): Engine => ({
  name: "postgres",
  async create() {
    const name = `orcha_${randomBytes(6).toString("hex")}`;
    await asAdmin(adminUrl, `create database ${name} owner ${POSTGRES_ROLE}`);
    const url = new URL(adminUrl);
    url.username = POSTGRES_ROLE;
    url.pathname = name;
    return {
      env: { DATABASE_URL: url.href },
      open: () => openPostgresDatabase(url.href),
      async takeAway() {
        await asAdmin(adminUrl, `alter database ${name} allow_connections false`);
        await asAdmin(
          adminUrl,
          `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
        );
        return () => asAdmin(adminUrl, `alter database ${name} allow_connections true`);
      },
      [Symbol.asyncDispose]: () => asAdmin(adminUrl, `drop database ${name} with (force)`),
    };
  },
});

/** The engines there are here. */
export function engines(): { readonly sqlite: Engine; readonly postgres: Engine | undefined } {
  const postgresUrl = inject("postgresUrl");
  return { sqlite, postgres: postgresUrl === null ? undefined : postgres(postgresUrl) };
}

/** Runs the same suite on every engine; PostgreSQL's is skipped, and counted so, where none is installed. */
export function describeOnEveryEngine(name: string, suite: (engine: Engine) => void): void {
  const postgresUrl = inject("postgresUrl");
  describe(`${name} (sqlite)`, () => suite(sqlite));
  describe.skipIf(postgresUrl === null)(`${name} (postgres)`, () =>
    suite(postgres(postgresUrl ?? "")),
  );
}

async function asAdmin(url: string, command: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(command);
  } finally {
    await client.end();
  }
}
