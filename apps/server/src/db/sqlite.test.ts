import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, describe, expect, it } from "vitest";
import { migrateSqlite, SqliteConnection } from "./sqlite.ts";
import { EVERY_TENANT } from "./statement.ts";

describe("values bound on SQLite", () => {
  const folder = mkdtempSync(join(tmpdir(), "orcha-sqlite-"));
  const connection = new SqliteConnection(join(folder, "test.db"), { readOnly: false });
  afterAll(() => {
    connection[Symbol.dispose]();
    rmSync(folder, { recursive: true });
  });
  const echo = (value: unknown) => connection.query(EVERY_TENANT, query(value));
  const query = (value: unknown) => connection.builder.selectNoFrom(sql`${value}`.as("value"));

  it("take booleans as 0 and 1", () => {
    expect(echo(true)).toEqual([{ value: 1 }]);
    expect(echo(false)).toEqual([{ value: 0 }]);
  });

  it("keep integers up to 2^53 - 1 and any text exactly", () => {
    expect(echo(Number.MAX_SAFE_INTEGER)).toEqual([{ value: Number.MAX_SAFE_INTEGER }]);
    expect(echo("nul is cut before: ü 😀")).toEqual([{ value: "nul is cut before: ü 😀" }]);
    expect(echo(null)).toEqual([{ value: null }]);
    expect(echo(1.5)).toEqual([{ value: 1.5 }]);
  });

  it("are refused, instead of ending the process or being rounded, when libsql cannot take them", () => {
    for (const value of [undefined, NaN, Infinity, 2 ** 53, {}, [], new Date(), 5n]) {
      expect(() => echo(value)).toThrow(TypeError);
    }
  });
});

describe("reader on SQLite", () => {
  it("cannot write", async () => {
    const folder = mkdtempSync(join(tmpdir(), "orcha-sqlite-"));
    const file = join(folder, "test.db");
    await migrateSqlite(file);
    using reader = new SqliteConnection(file, { readOnly: true });
    const write = reader.builder.insertInto("installation").values({ name: "a", value: "b" });
    expect(() => reader.query(EVERY_TENANT, write)).toThrow(/readonly/);
    rmSync(folder, { recursive: true });
  });
});
