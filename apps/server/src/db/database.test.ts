import { storedTenantSettingsSchema } from "@orcha/contract";
import { afterEach, beforeEach, expect, it } from "vitest";
import { addUser, setUpInstallation, userExists } from "../tenants/store.ts";
import { describeOnEveryEngine, type TestStorage } from "../testing/databases.ts";
import { account } from "../testing/turns.ts";
import { closeTurn, type TurnOutcome } from "../turns/close-turn-store.ts";
import { type OpenTurnInput, openTurn } from "../turns/open-turn-store.ts";
import { openedTurn } from "../turns/opened-turn.ts";
import { findPlace, type Place } from "../turns/place-store.ts";
import type { Database } from "./database.ts";
import { EVERY_TENANT } from "./statement.ts";

const tenantId = "external_widget";
const OUTCOME: TurnOutcome = {
  state: "done",
  text: "Noted.",
  contexts: null,
  errorCode: null,
  finishReason: "stop",
  model: "scripted/one",
  inputTokens: 1,
  outputTokens: 1,
  cost: 0,
  firstTokenMs: 1,
  totalMs: 1,
};

describeOnEveryEngine("database", (engine) => {
  let storage: TestStorage;
  let database: Database;
  beforeEach(async () => {
    storage = await engine.create();
    database = await storage.open();
    await database.write(setUpInstallation, {
      tenantId,
      userId: 1,
      settings: storedTenantSettingsSchema.parse({ name: "Shop" }),
      visitorKey: "key",
      now: 0,
    });
  });
  afterEach(async () => {
    await database[Symbol.asyncDispose]();
    await storage[Symbol.asyncDispose]();
  });

  const user = (id: number) => ({ tenantId, id, name: "", now: 0 });
  const claim = {
    label: "",
    userId: 1,
    isUserVerified: false,
    owner: null,
    handsOver: null,
    strict: false,
  };
  const request = { tenantId, claim, offeredOwner: null, replaceMessageId: undefined };
  const placeIn = async (conversationId?: number) => {
    const place = await findPlace(database.reader, { ...request, conversationId }, 0);
    if (place === "busy") throw new Error("The conversation is busy");
    return place;
  };
  const turn = (turnId: number, place: Place, userId = 1): OpenTurnInput => ({
    tenantId,
    turnId,
    place: { ...place, userId },
    claim,
    text: "Hi",
    idempotency: undefined,
    hold: undefined,
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
    const ofNobody = turn(2, await placeIn(), 99);
    const results = await Promise.allSettled([
      database.write(addUser, user(2)),
      database.write(openTurn, ofNobody),
      database.write(addUser, user(3)),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(await userExists(database.reader, tenantId, 2)).toBe(true);
    expect(await userExists(database.reader, tenantId, 3)).toBe(true);
    const left = database.reader.builder.selectFrom("conversations").select("id");
    expect(await database.reader.query(EVERY_TENANT, left)).toEqual([]);
  });

  it("keeps nothing of a write whose condition does not hold", async () => {
    expect(await database.write(openTurn, turn(2, await placeIn()))).toBe(true);
    // The turn's id is taken, and only the second of the steps can know.
    expect(await database.write(openTurn, turn(2, await placeIn()))).toBe(false);
    const conversations = database.reader.builder.selectFrom("conversations").select("id");
    expect(await database.reader.query(EVERY_TENANT, conversations)).toHaveLength(1);
  });

  it("does not close a turn for a process that it was taken away from", async () => {
    const opened = turn(2, await placeIn());
    await database.write(openTurn, opened);
    const end = {
      tenantId,
      turn: openedTurn({ turnId: 2, ...opened.place, account }),
      outcome: OUTCOME,
    };
    const asHolder = (holder: string) =>
      database.write(closeTurn, { ...end, holder, hasPieces: true, now: 0 });
    expect(await asHolder("found dead")).toBe(false);
    expect(await asHolder(opened.holder)).toBe(true);
    expect(await asHolder(opened.holder)).toBe(false);
  });

  it("lets only one of many turns into a conversation", async () => {
    const opened = turn(2, await placeIn());
    await database.write(openTurn, opened);
    await database.write(closeTurn, {
      tenantId,
      turn: openedTurn({ turnId: 2, ...opened.place, account }),
      holder: opened.holder,
      outcome: OUTCOME,
      hasPieces: false,
      now: 0,
    });
    const place = await placeIn(opened.place.conversationId);
    const ids = Array.from({ length: 20 }, (_, index) => 4 + 2 * index);
    const attempts = ids.map((id) => database.write(openTurn, turn(id, place)));
    expect((await Promise.all(attempts)).filter(Boolean)).toHaveLength(1);
  });

  it("takes the writes that were asked for before it was closed", async () => {
    const writes = [4, 5, 6].map((id) => database.write(addUser, user(id)));
    if (engine.name === "sqlite") await database[Symbol.asyncDispose]();
    await Promise.all(writes);
    database = await storage.open();
    expect(await userExists(database.reader, tenantId, 6)).toBe(true);
  });
});
