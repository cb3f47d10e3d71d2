import pg from "pg";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type PlantedStorage, plantedStorage, TENANT } from "../privacy/testing/planted.ts";
import { describeOnEveryEngine } from "../testing/databases.ts";
import { eraseIdleConversations, NOTHING_ERASED } from "./erase-store.ts";

describeOnEveryEngine("erasing conversations that were found", (engine) => {
  let storage: PlantedStorage;
  beforeEach(async () => {
    storage = await plantedStorage(engine);
    await storage.plant({ id: 10, updatedAt: 1000 });
  });
  afterEach(() => storage[Symbol.asyncDispose]());

  const erase = (more: object = {}) =>
    storage.database.write(eraseIdleConversations, {
      tenantId: TENANT,
      conversationIds: [10],
      untouchedSince: undefined,
      ...more,
    });

  it("leaves one in which a turn has begun since", async () => {
    await storage.run("update conversations set active_turn_id = 7 where id = 10");
    expect(await erase()).toEqual(NOTHING_ERASED);
    expect(await storage.rows("messages")).toHaveLength(2);
  });

  it("leaves one that was touched since, where only old ones are to go", async () => {
    expect(await erase({ untouchedSince: 1000 })).toEqual(NOTHING_ERASED);
    expect((await erase({ untouchedSince: 1001 })).conversations).toBe(1);
  });

  it("leaves another tenant's of the same number", async () => {
    expect(await erase({ tenantId: "elsewhere" })).toEqual(NOTHING_ERASED);
    expect(await storage.rows("conversations")).toHaveLength(1);
  });

  // On SQLite one write runs at a time: there is nothing to wait for.
  if (engine.name === "sqlite") return;
  it("waits for one that a turn is just entering, and leaves it", async () => {
    const turn = new pg.Client(storage.url);
    await turn.connect();
    try {
      await turn.query("set orcha.tenant = '*'; begin");
      await turn.query("update conversations set active_turn_id = 7 where id = 10");
      const erased = erase();
      const waiting = "select 1 from pg_locks where not granted";
      while ((await turn.query(waiting)).rows.length === 0);
      await turn.query("commit");
      expect(await erased).toEqual(NOTHING_ERASED);
    } finally {
      await turn.end();
    }
    expect(await storage.rows("messages")).toHaveLength(2);
  });
});
