import { afterEach, beforeEach, expect, it } from "vitest";
import type { Database } from "../db/database.ts";
import { describeOnEveryEngine, type TestStorage } from "../testing/databases.ts";
import { prepareDatabase } from "./set-up.ts";
import { addUser } from "./store.ts";

describeOnEveryEngine("set-up of a database", (engine) => {
  let storage: TestStorage;
  let database: Database;
  beforeEach(async () => {
    storage = await engine.create();
    database = await storage.open();
  });
  afterEach(async () => {
    await database[Symbol.asyncDispose]();
    await storage[Symbol.asyncDispose]();
  });
  const defaults = { tenantId: "external_widget", userId: 1, now: 0 };

  it("makes the default tenant and user, and keeps its key ever after", async () => {
    const key = await prepareDatabase(database, defaults);
    expect(await prepareDatabase(database, defaults)).toBe(key);
    expect(key.length).toBeGreaterThan(40);
  });

  it("refuses a default user without a row in one line that names the command that mends it", async () => {
    await prepareDatabase(database, defaults);
    const other = { ...defaults, userId: 7 };
    await expect(prepareDatabase(database, other)).rejects.toThrow(
      /^DEFAULT_WIDGET_USER_ID=7 .*: orcha user add --tenant external_widget --id 7$/,
    );
    const user = { tenantId: "external_widget", id: 7, name: "", now: 0 };
    expect(await database.write(addUser, user)).toBe(true);
    expect(await database.write(addUser, user)).toBe(false);
    await prepareDatabase(database, other);
  });

  it("refuses a default tenant that the database does not have", async () => {
    await prepareDatabase(database, defaults);
    await expect(prepareDatabase(database, { ...defaults, tenantId: "shop" })).rejects.toThrow(
      /^DEFAULT_WIDGET_TENANT_ID=shop .*external_widget/,
    );
  });
});
