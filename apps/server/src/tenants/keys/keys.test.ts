import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { AuditEntry } from "../../audit/store.ts";
import type { Database } from "../../db/database.ts";
import { describeOnEveryEngine, type TestStorage } from "../../testing/databases.ts";
import { setUpDatabase } from "../set-up.ts";
import { createKeyFinder } from "./find-key.ts";
import { findKey, listKeys } from "./key-store.ts";
import { createKey, endKey } from "./manage-keys.ts";

describeOnEveryEngine("secret keys", (engine) => {
  const tenantId = "external_widget";
  let storage: TestStorage;
  let database: Database;
  let now: number;
  beforeEach(async () => {
    storage = await engine.create();
    database = await storage.open();
    now = Date.UTC(2026, 10, 22);
    await setUpDatabase(database, { tenantId, userId: 1, now: 0 });
  });
  afterEach(async () => {
    await database[Symbol.asyncDispose]();
    await storage[Symbol.asyncDispose]();
  });

  const entryOf = (action: string, target: string, detail = {}): AuditEntry => ({
    tenantId,
    actor: { kind: "operator", id: "1", name: "Ada" },
    action,
    target,
    detail,
    address: "",
    now,
  });
  const maker = { mayGive: () => true, entryOf };
  const request = { name: "shop server", scopes: ["chat", "read"], expires_at: null } as const;
  const asRequest = (change = {}) => ({ ...request, scopes: [...request.scopes], ...change });

  it("are told once, found again, and stored as a hash", async () => {
    const { key, token } = await createKey(database, tenantId, asRequest(), maker);
    expect(token).toMatch(/^orcha_sk_[\w-]{43}$/);
    const find = createKeyFinder({ database, now: () => now });
    expect(await find(token)).toEqual({
      id: key.id,
      tenantId,
      name: "shop server",
      scopes: ["chat", "read"],
    });
    const stored = JSON.stringify(
      await database.reader.query("*", database.reader.builder.selectFrom("api_keys").selectAll()),
    );
    expect(stored).not.toContain(token.slice("orcha_sk_".length + 4));
    const audit = JSON.stringify(
      await database.reader.query("*", database.reader.builder.selectFrom("audit_log").selectAll()),
    );
    expect(audit).toContain("key.create");
    expect(audit).not.toContain(token.slice("orcha_sk_".length + 4));
  });

  it("that differ in anything are none", async () => {
    const { token } = await createKey(database, tenantId, asRequest(), maker);
    const find = createKeyFinder({ database, now: () => now });
    const others = [
      "",
      "orcha_sk_",
      token.slice(0, -1),
      `${token}A`,
      `${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`,
      token.toUpperCase(),
      ` ${token}`,
      `${token} `,
      `${token}\n`,
      `orcha_sk_${"A".repeat(43)}`,
      "orcha_sk_' or 1=1 --",
      token.replace("orcha_sk_", "orcha_pk_"),
    ];
    for (const other of others) expect(await find(other)).toBeUndefined();
  });

  it("end within a second of being revoked, on every replica, and stay ended", async () => {
    const { key, token } = await createKey(database, tenantId, asRequest(), maker);
    let passed = 0;
    const replicas = [0, 1].map(() =>
      createKeyFinder({ database, now: () => now, monotonic: () => passed }),
    );
    for (const find of replicas) expect(await find(token)).toBeDefined();
    const ended = await endKey(database, tenantId, key.id, entryOf);
    expect(ended.revokedAt).toBe(now);
    passed += 1000;
    for (const find of replicas) expect(await find(token)).toBeUndefined();
    now += 5000;
    expect((await endKey(database, tenantId, key.id, entryOf)).revokedAt).toBe(now - 5000);
  });

  it("end by themselves at their time", async () => {
    const expires_at = new Date(now + 1000).toISOString();
    const { token } = await createKey(database, tenantId, asRequest({ expires_at }), maker);
    const find = createKeyFinder({ database, now: () => now });
    expect(await find(token)).toBeDefined();
    now += 1000;
    expect(await find(token)).toBeUndefined();
    await expect(
      createKey(database, tenantId, asRequest({ expires_at }), maker),
    ).rejects.toMatchObject({ code: "invalid_request" });
  });

  it("remember their last use to the minute", async () => {
    const { key, token } = await createKey(database, tenantId, asRequest(), maker);
    const write = vi.spyOn(database, "write");
    const find = createKeyFinder({ database, now: () => now });
    const used = now;
    for (let second = 0; second < 59; second += 1) {
      await find(token);
      now += 1000;
    }
    await vi.waitFor(async () => {
      expect((await findKey(database.reader, tenantId, key.id))?.lastUsedAt).toBe(used);
    });
    expect(write).toHaveBeenCalledTimes(1);
    now += 1000;
    await find(token);
    await vi.waitFor(async () => {
      expect((await findKey(database.reader, tenantId, key.id))?.lastUsedAt).toBe(now);
    });
    expect(write).toHaveBeenCalledTimes(2);
  });

  it("are no more than their maker may give, and those of the installation never speak as visitors", async () => {
    const mayRead = { mayGive: (scope: string) => scope === "read", entryOf };
    await expect(createKey(database, tenantId, asRequest(), mayRead)).rejects.toMatchObject({
      code: "forbidden",
    });
    await createKey(database, tenantId, asRequest({ scopes: ["read"] }), mayRead);
    for (const scopes of [["chat"], ["search"], ["read", "chat"]]) {
      await expect(createKey(database, "*", asRequest({ scopes }), maker)).rejects.toMatchObject({
        code: "invalid_request",
      });
    }
    const scopes = ["read", "admin"];
    const overAll = (action: string, target: string, detail = {}) => ({
      ...entryOf(action, target, detail),
      tenantId: "*",
    });
    const made = await createKey(database, "*", asRequest({ scopes }), {
      mayGive: () => true,
      entryOf: overAll,
    });
    const find = createKeyFinder({ database, now: () => now });
    expect(await find(made.token)).toMatchObject({ tenantId: "*", scopes });
  });

  it("are listed from the newest, each tenant's own", async () => {
    for (const name of ["one", "two", "three"]) {
      await createKey(database, tenantId, asRequest({ name }), maker);
    }
    const first = await listKeys(database.reader, tenantId, {
      before: Number.MAX_SAFE_INTEGER,
      limit: 2,
    });
    expect(first.map(({ name }) => name)).toEqual(["three", "two"]);
    const rest = await listKeys(database.reader, tenantId, { before: first[1]?.id ?? 0, limit: 2 });
    expect(rest.map(({ name }) => name)).toEqual(["one"]);
    const foreign = { before: Number.MAX_SAFE_INTEGER, limit: 2 };
    expect(await listKeys(database.reader, "another", foreign)).toEqual([]);
    expect(await findKey(database.reader, "another", first[0]?.id ?? 0)).toBeUndefined();
  });
});
