import { afterEach, beforeEach, expect, it } from "vitest";
import type { Database } from "../../db/database.ts";
import { describeOnEveryEngine, type TestStorage } from "../../testing/databases.ts";
import { setUpDatabase } from "../set-up.ts";
import { createUserOfSubject, NO_USER } from "./user-of-subject.ts";

describeOnEveryEngine("the user of a subject", (engine) => {
  const tenantId = "external_widget";
  let storage: TestStorage;
  let database: Database;
  beforeEach(async () => {
    storage = await engine.create();
    database = await storage.open();
    await setUpDatabase(database, { tenantId, userId: 1, now: 0 });
  });
  afterEach(async () => {
    await database[Symbol.asyncDispose]();
    await storage[Symbol.asyncDispose]();
  });

  const users = () =>
    database.reader.query(
      tenantId,
      database.reader.builder.selectFrom("users").select(["id", "subject"]).orderBy("subject"),
    );

  it("is made once, however many replicas see it first at the same time", async () => {
    const replicas = Array.from({ length: 10 }, () =>
      createUserOfSubject({ database, now: Date.now }),
    );
    const ids = await Promise.all(replicas.map((find) => find(tenantId, "customer-7", true)));
    expect(new Set(ids).size).toBe(1);
    expect((await users()).filter(({ subject }) => subject === "customer-7")).toEqual([
      { id: ids[0], subject: "customer-7" },
    ]);
  });

  it("is nobody, and made by nothing, until the subject writes", async () => {
    const find = createUserOfSubject({ database, now: Date.now });
    expect(await find(tenantId, "reader", false)).toBe(NO_USER);
    expect((await users()).map(({ subject }) => subject)).not.toContain("reader");
    const made = await find(tenantId, "reader", true);
    expect(await find(tenantId, "reader", false)).toBe(made);
  });

  it("is another for every subject, to the letter", async () => {
    const find = createUserOfSubject({ database, now: Date.now });
    const subjects = ["a", "A", "a ", "ａ", "á", "a\u0301", "1", "user:1", "'; --"];
    const ids = await Promise.all(subjects.map((subject) => find(tenantId, subject, true)));
    expect(new Set(ids).size).toBe(subjects.length);
    expect(ids).not.toContain(1);
  });

  it("is nobody, and stays unmade, for who only looks", async () => {
    const find = createUserOfSubject({ database, now: Date.now });
    expect(await find(tenantId, "customer-7", false)).toBe(NO_USER);
    expect(await users()).toEqual([{ id: 1, subject: null }]);
    const id = await find(tenantId, "customer-7", true);
    expect(await find(tenantId, "customer-7", false)).toBe(id);
  });
});
