import { storedTenantSettingsSchema } from "@orcha/contract";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Database } from "../db/database.ts";
import { describeOnEveryEngine } from "../testing/databases.ts";
import { RunningTurns } from "../turns/running-turns.ts";
import { eraseExpired } from "./erase-expired.ts";
import { type PlantedStorage, plantedStorage, TENANT } from "./testing/planted.ts";

const DAY_MS = 86_400_000;
const now = 100 * DAY_MS;

describeOnEveryEngine("retention", (engine) => {
  let storage: PlantedStorage;
  beforeEach(async () => {
    storage = await plantedStorage(engine);
  });
  afterEach(() => storage[Symbol.asyncDispose]());

  const keepFor = (retention_days: number | null) => {
    const settings = storedTenantSettingsSchema.parse({ name: "Shop", retention_days });
    return storage.run(
      `update tenants set settings = '${JSON.stringify(settings)}' where tenant_id = '${TENANT}'`,
    );
  };
  const eraseBy = (database: Database) =>
    eraseExpired({ database, running: new RunningTurns(), now: () => now });
  const conversationIds = async () => (await storage.rows("conversations")).map(({ id }) => id);

  it("erases what was untouched for longer than its tenant says, and tells the owner how much", async () => {
    await keepFor(30);
    await storage.plant({ id: 10, updatedAt: now - 30 * DAY_MS - 1, turns: 2 });
    await storage.plant({ id: 11, updatedAt: now - 30 * DAY_MS });
    await eraseBy(storage.database);
    expect(await conversationIds()).toEqual([11]);
    const [entry, ...more] = await storage.rows("audit_log");
    expect(more).toEqual([]);
    expect(entry).toMatchObject({
      tenant_id: TENANT,
      actor_kind: "system",
      action: "conversations.expire",
    });
    expect(JSON.parse(String(entry?.detail))).toEqual({
      retention_days: 30,
      conversations: 1,
      turns: 2,
      messages: 4,
      feedback: 2,
      turn_pieces: 2,
      idempotency_keys: 2,
    });
  });

  it("keeps everything where no time is set, and says nothing where nothing was erased", async () => {
    await storage.plant({ id: 10, updatedAt: 0 });
    await eraseBy(storage.database);
    await keepFor(30);
    await storage.run("update conversations set updated_at = 8000000000");
    await eraseBy(storage.database);
    expect(await conversationIds()).toEqual([10]);
    expect(await storage.rows("audit_log")).toEqual([]);
  });

  it("leaves a conversation in which a turn runs", async () => {
    await keepFor(1);
    await storage.plant({ id: 10, updatedAt: 0 });
    await storage.run("update conversations set active_turn_id = 7 where id = 10");
    await eraseBy(storage.database);
    expect(await conversationIds()).toEqual([10]);
  });

  it("does no harm on two replicas at once: each conversation is erased, and counted, once", async () => {
    await keepFor(1);
    await storage.plant({ id: 1000, times: 1500, updatedAt: 5 });
    await storage.plant({ id: 9000, updatedAt: now });
    const other = await storage.open();
    await Promise.all([eraseBy(storage.database), eraseBy(other)]);
    expect(await conversationIds()).toEqual([9000]);
    const counted = (await storage.rows("audit_log")).map(
      ({ detail }) => JSON.parse(String(detail)).conversations,
    );
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(1500);
  });
});
