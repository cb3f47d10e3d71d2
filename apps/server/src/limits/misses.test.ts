import { afterEach, beforeEach, expect, it } from "vitest";
import type { Database } from "../db/database.ts";
import { statementOverAll } from "../db/statement.ts";
import { describeOnEveryEngine, type TestStorage } from "../testing/databases.ts";
import { createMissLimit, forgetOldMisses, type MissLimit } from "./misses.ts";
import { RateLimitedError } from "./rate-limited-error.ts";

const START = Date.UTC(2026, 10, 22, 12, 0, 0);
const MINUTE_MS = 60_000;
const allMisses = statementOverAll()((db) => db.selectFrom("misses").selectAll());

describeOnEveryEngine("the limit on misses", (engine) => {
  let storage: TestStorage;
  let database: Database;
  let clock: { ms: number };
  let limit: MissLimit;

  beforeEach(async () => {
    storage = await engine.create();
    database = await storage.open();
    clock = { ms: START };
    limit = createMissLimit({ database, key: "a key", now: () => clock.ms });
  });
  afterEach(async () => {
    await database[Symbol.asyncDispose]();
    await storage[Symbol.asyncDispose]();
  });

  async function miss(count: number, tenantId = "shop", network = "1.1.1.1"): Promise<void> {
    for (let at = 0; at < count; at += 1) await limit.record(tenantId, network);
  }

  it("blocks a network after 30 misses and refuses the next one", async () => {
    await miss(29);
    expect(await limit.isBlocked("shop", "1.1.1.1")).toBe(false);
    await miss(1);
    expect(await limit.isBlocked("shop", "1.1.1.1")).toBe(true);
    await expect(miss(1)).rejects.toBeInstanceOf(RateLimitedError);
  });

  it("blocks neither other networks nor the same one at other tenants", async () => {
    await miss(30);
    expect(await limit.isBlocked("shop", "2.2.2.2")).toBe(false);
    expect(await limit.isBlocked("bank", "1.1.1.1")).toBe(false);
  });

  it("counts misses over all replicas, however many come at once", async () => {
    const other = await storage.open();
    const replica = createMissLimit({ database: other, key: "a key", now: () => clock.ms });
    const asked = Array.from({ length: 100 }, (_, at) =>
      (at % 2 ? limit : replica).record("shop", "1.1.1.1").then(
        () => "counted",
        (error) => error.code,
      ),
    );
    const answers = await Promise.all(asked);
    expect(answers.filter((answer) => answer === "counted")).toHaveLength(30);
    expect(answers.filter((answer) => answer === "rate_limited")).toHaveLength(70);
    await other[Symbol.asyncDispose]();
  });

  it("lets a network try again when its ten minutes are over, as the refusal tells", async () => {
    clock.ms += 4 * MINUTE_MS;
    await miss(30);
    expect(limit.refusal().retryAfterSeconds).toBe(6 * 60);
    clock.ms += 6 * MINUTE_MS;
    expect(await limit.isBlocked("shop", "1.1.1.1")).toBe(false);
    await miss(1);
  });

  it("stores no address", async () => {
    await miss(1, "shop", "203.0.113.77");
    const rows = await database.reader.run(allMisses, {});
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain("203.0.113");
  });

  it("forgets what no longer counts, and nothing else", async () => {
    await miss(2);
    clock.ms += 30 * MINUTE_MS;
    await miss(3);
    await forgetOldMisses(database, clock.ms);
    const rows = await database.reader.run(allMisses, {});
    expect(rows.map(({ misses }) => misses)).toEqual([3]);
  });
});
