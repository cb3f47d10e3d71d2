import { OrchaError } from "@orcha/contract";
import { afterEach, beforeEach, expect, it } from "vitest";
import { addUser, setUpInstallation, userExists } from "../tenants/store.ts";
import { describeOnEveryEngine, type TestStorage } from "../testing/databases.ts";
import { openTurn } from "../turns/open-turn-store.ts";
import type { Database } from "./database.ts";

const tenantId = "external_widget";

describeOnEveryEngine("database", (engine) => {
  let storage: TestStorage;
  let database: Database;
  beforeEach(async () => {
    storage = await engine.create();
    database = await storage.open();
    await database.write(setUpInstallation, {
      tenantId,
      userId: 1,
      settings: { name: "", retrieval: "on_request", binding: "open" },
      visitorKey: "key",
      now: 0,
    });
  });
  afterEach(async () => {
    await database[Symbol.asyncDispose]();
    await storage[Symbol.asyncDispose]();
  });

  const user = (id: number) => ({ tenantId, id, name: "", now: 0 });
  const turn = (userId: number, conversationId?: number) => ({
    tenantId,
    conversationId,
    claim: { label: "", userId, owner: null, strict: false },
    offeredOwner: null,
    text: "Hi",
    replaceMessageId: undefined,
    idempotency: undefined,
    holder: "test",
    now: 0,
  });

  it("shows a write to every reader as soon as it is acknowledged", async () => {
    await database.write(addUser, user(2));
    expect(await userExists(database.reader, tenantId, 2)).toBe(true);
  });

  it("keeps what was acknowledged when it is opened again", async () => {
    await database.write(addUser, user(2));
    await database[Symbol.asyncDispose]();
    database = await storage.open();
    expect(await userExists(database.reader, tenantId, 2)).toBe(true);
  });

  it("undoes a write that fails and no other of the same moment", async () => {
    const unknownUser = turn(99);
    const results = await Promise.allSettled([
      database.write(addUser, user(2)),
      database.write(openTurn, unknownUser),
      database.write(addUser, user(3)),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(await userExists(database.reader, tenantId, 2)).toBe(true);
    expect(await userExists(database.reader, tenantId, 3)).toBe(true);
    const left = database.reader.builder.selectFrom("conversations").select("id");
    expect(await database.reader.query(left)).toEqual([]);
  });

  it("brings an error of the contract back as itself", async () => {
    const failed = await database.write(openTurn, turn(1, 5)).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(OrchaError);
    expect(failed).toMatchObject({ code: "conversation_not_found" });
  });

  it("lets only one of many turns into a conversation", async () => {
    const opened = await database.write(openTurn, turn(1));
    if (opened === "busy") throw new Error("A new conversation cannot be busy");
    const attempts = Array.from({ length: 20 }, () =>
      database.write(openTurn, turn(1, opened.conversationId)),
    );
    expect(new Set(await Promise.all(attempts))).toEqual(new Set(["busy"]));
  });

  it("takes the writes that were asked for before it was closed", async () => {
    const writes = [4, 5, 6].map((id) => database.write(addUser, user(id)));
    if (engine.name === "sqlite") await database[Symbol.asyncDispose]();
    await Promise.all(writes);
    database = await storage.open();
    expect(await userExists(database.reader, tenantId, 6)).toBe(true);
  });
});
