import { afterEach, beforeEach, expect, it } from "vitest";
import { describeOnEveryEngine, type TestStorage } from "../testing/databases.ts";
import type { Database } from "./database.ts";
import { statement } from "./statement.ts";

const readInstallation = statement<{ name: string }>()((db, p) =>
  db.selectFrom("installation").select("value").where("name", "=", p("name")),
);

describeOnEveryEngine("database", (engine) => {
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

  it("opens an existing storage again without touching it", async () => {
    await database[Symbol.asyncDispose]();
    database = await storage.open();
    expect(await database.reader.run(readInstallation, { name: "nothing" })).toEqual([]);
  });
});
