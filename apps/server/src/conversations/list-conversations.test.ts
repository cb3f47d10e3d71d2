import { afterEach, beforeEach, expect, it } from "vitest";
import { type PlantedStorage, plantedStorage, TENANT } from "../privacy/testing/planted.ts";
import { describeOnEveryEngine } from "../testing/databases.ts";
import { conversationsAsLines } from "./export-conversations.ts";
import { type ListRequest, listConversations } from "./list-conversations.ts";
import type { ConversationFilter, ListPlace } from "./list-store.ts";

const ALL: ConversationFilter = {
  label: undefined,
  userId: undefined,
  from: undefined,
  to: undefined,
};

describeOnEveryEngine("an operator's list of conversations", (engine) => {
  let storage: PlantedStorage;
  beforeEach(async () => {
    storage = await plantedStorage(engine);
  });
  afterEach(() => storage[Symbol.asyncDispose]());

  const list = (request: Partial<ListRequest> = {}) =>
    listConversations(storage.database.reader, TENANT, {
      filter: ALL,
      text: undefined,
      after: undefined,
      limit: 50,
      ...request,
    });
  const ids = async (request: Partial<ListRequest>) =>
    (await list(request)).conversations.map(({ id }) => id);
  const find = (text: string) => ids({ text });

  it("shows what there is to know of each, the newest first", async () => {
    await storage.plant({
      id: 10,
      owner: "visitor:a",
      turns: 2,
      updatedAt: 1000,
      text: "é".repeat(300),
    });
    await storage.plant({ id: 11, label: "partner", updatedAt: 2000 });
    await storage.run("delete from turns where conversation_id = 11");
    const { conversations, next } = await list();
    expect(next).toBeUndefined();
    const common = {
      user_id: 1,
      user_verified: false,
      title: null,
      created_at: "1970-01-01T00:00:00.000Z",
    };
    expect(conversations).toEqual([
      {
        ...common,
        id: 11,
        label: "partner",
        owner: null,
        updated_at: "1970-01-01T00:00:02.000Z",
        messages: 0,
        last_message: null,
        input_tokens: 0,
        output_tokens: 0,
      },
      {
        ...common,
        id: 10,
        label: "",
        owner: "visitor:a",
        updated_at: "1970-01-01T00:00:01.000Z",
        messages: 4,
        last_message: { role: "assistant", text: "é".repeat(200) },
        input_tokens: 14,
        output_tokens: 6,
      },
    ]);
  });

  it("pages through all of them, also through many of one moment", async () => {
    await storage.plant({ id: 1, times: 25, updatedAt: 1000 });
    await storage.plant({ id: 100, times: 5, updatedAt: 2000 });
    const seen: number[] = [];
    let after: ListPlace | undefined;
    do {
      const page = await list({ after, limit: 7 });
      seen.push(...page.conversations.map(({ id }) => id));
      after = page.next;
    } while (after);
    const down = (from: number, count: number) =>
      Array.from({ length: count }, (_, at) => from - at);
    expect(seen).toEqual([...down(104, 5), ...down(25, 25)]);
  });

  it("filters by label, user and time", async () => {
    await storage.run(
      `insert into users (tenant_id, id, name, created_at) values ('${TENANT}', 2, '', 0)`,
    );
    await storage.plant({ id: 10, label: "partner", updatedAt: 1000 });
    await storage.plant({ id: 11, userId: 2, updatedAt: 2000 });
    await storage.plant({ id: 12, updatedAt: 3000 });
    expect(await ids({ filter: { ...ALL, label: "partner" } })).toEqual([10]);
    expect(await ids({ filter: { ...ALL, label: "" } })).toEqual([12, 11]);
    expect(await ids({ filter: { ...ALL, userId: 2 } })).toEqual([11]);
    expect(await ids({ filter: { ...ALL, from: 2000, to: 3000 } })).toEqual([11]);
  });

  it("finds a text in any letters of ASCII, and its signs as they are", async () => {
    await storage.plant({ id: 10, text: "The Refund is 100% sure" });
    await storage.plant({ id: 11, text: "100 percent, under_score, back\\slash" });
    expect(await find("refund IS")).toEqual([10]);
    expect(await find("100%")).toEqual([10]);
    expect(await find("r_c")).toEqual([]);
    expect(await find("under_SCORE")).toEqual([11]);
    expect(await find("back\\slash")).toEqual([11]);
  });

  it("finds other letters as typed, in lower case, in upper case and with an initial capital", async () => {
    await storage.plant({ id: 10, text: "zwei Äpfel" });
    await storage.plant({ id: 11, text: "zwei ÄPFEL" });
    await storage.plant({ id: 12, text: "zwei äpfel" });
    for (const text of ["äpfel", "Äpfel", "ÄPFEL"]) {
      expect((await find(text)).sort()).toEqual([10, 11, 12]);
    }
  });

  it("looks through 2,000 conversations at most before it answers, and leads on", async () => {
    await storage.plant({ id: 1, text: "needle", updatedAt: 1 });
    await storage.plant({ id: 1000, times: 2500, updatedAt: 1000 });
    const first = await list({ text: "needle" });
    expect(first.conversations).toEqual([]);
    expect(await ids({ text: "needle", after: first.next })).toEqual([1]);
  });

  it("exports each of them once as a line, also one that goes on meanwhile", async () => {
    await storage.plant({ id: 1, times: 450, updatedAt: 1000 });
    await storage.plant({ id: 2000, turns: 120, updatedAt: 1000, text: "long" });
    await storage.plant({ id: 3000, label: "partner", updatedAt: 1000 });
    let text = "";
    for await (const piece of conversationsAsLines(
      storage.database.reader,
      TENANT,
      { ...ALL, label: "" },
      undefined,
    )) {
      if (text === "")
        await storage.run("update conversations set updated_at = 9000 where id = 400");
      text += piece;
    }
    const lines = text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ id }) => id)).toEqual([
      ...Array.from({ length: 450 }, (_, at) => at + 1),
      2000,
    ]);
    expect(lines.at(-1).turns).toHaveLength(120);
  });

  it("exports only those that hold a text when one is asked for", async () => {
    await storage.plant({ id: 1, text: "needle" });
    await storage.plant({ id: 2 });
    let text = "";
    for await (const piece of conversationsAsLines(
      storage.database.reader,
      TENANT,
      ALL,
      "needle",
    )) {
      text += piece;
    }
    expect(text.match(/^\{"id":(\d+)/gm)).toEqual(['{"id":1']);
  });
});
