import { CompiledQuery } from "kysely";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Connection } from "../db/database.ts";
import { type PlantedStorage, plantedStorage, TENANT } from "../privacy/testing/planted.ts";
import { describeOnEveryEngine } from "../testing/databases.ts";
import type { Claim } from "./access.ts";
import { listOwnConversations, type OwnListRequest } from "./list-own.ts";
import type { ListPlace } from "./list-store.ts";
import { readOwnNewest } from "./own-list-store.ts";

const ADA = "visitor:ada";
const CLAIM: Claim = { label: "", userId: undefined, owner: ADA, handsOver: null, strict: true };
const ALL: OwnListRequest = { text: undefined, after: undefined, limit: 50 };

describeOnEveryEngine("somebody's own conversations in the database", (engine) => {
  let storage: PlantedStorage;
  beforeEach(async () => {
    storage = await plantedStorage(engine);
  });
  afterEach(() => storage[Symbol.asyncDispose]());

  const list = (request: Partial<OwnListRequest> = {}, claim: Partial<Claim> = {}) =>
    listOwnConversations(
      storage.database.reader,
      TENANT,
      { ...CLAIM, ...claim },
      { ...ALL, ...request },
    );
  const ids = async (request?: Partial<OwnListRequest>, claim?: Partial<Claim>) =>
    (await list(request, claim)).conversations.map(({ id }) => id);

  it("are those that they own and those that were offered to them, under the label", async () => {
    await storage.plant({ id: 10, owner: ADA, updatedAt: 1 });
    await storage.plant({ id: 11, offeredOwner: ADA, updatedAt: 3 });
    await storage.plant({ id: 12, owner: "visitor:bob", offeredOwner: ADA, updatedAt: 2 });
    await storage.plant({ id: 13, owner: ADA, label: "partner", updatedAt: 2 });
    await storage.plant({ id: 14, updatedAt: 2 });
    expect(await ids()).toEqual([11, 10]);
    expect(await ids({}, { label: "partner" })).toEqual([13]);
    expect(await ids({}, { owner: null })).toEqual([]);
  });

  it("mix with what is brought along from before signing in, page by page", async () => {
    await storage.plant({ id: 10, owner: "user:5", times: 4, updatedAt: 1000 });
    await storage.plant({ id: 20, owner: ADA, times: 4, updatedAt: 1000 });
    const claim = { owner: "user:5", handsOver: { from: ADA, userId: 5 } };
    const seen: number[] = [];
    let after: ListPlace | undefined;
    do {
      const page = await list({ after, limit: 3 }, claim);
      seen.push(...page.conversations.map(({ id }) => id));
      after = page.next;
    } while (after);
    expect(seen).toEqual([23, 22, 21, 20, 13, 12, 11, 10]);
  });

  it("are called what their visitor calls them, else as they begin now", async () => {
    await storage.plant({ id: 10, owner: ADA, turns: 2, text: "How do I\n return it?" });
    await storage.run("update turns set replaced = 1 where id = 10000000");
    await storage.run("update messages set text = 'Edited' where turn_id = 10000002");
    await storage.plant({ id: 11, owner: ADA, updatedAt: 1 });
    await storage.run("update conversations set title = 'Mine' where id = 11");
    const { conversations } = await list();
    expect(conversations).toEqual([
      {
        id: 11,
        title: "Mine",
        created_at: "1970-01-01T00:00:00.000Z",
        updated_at: "1970-01-01T00:00:00.001Z",
      },
      expect.objectContaining({ id: 10, title: "Edited" }),
    ]);
  });

  it("are found by title and by what was said, not by what was replaced", async () => {
    await storage.plant({ id: 10, owner: ADA, text: "The Refund" });
    await storage.plant({ id: 11, owner: ADA });
    await storage.run("update conversations set title = 'My REFUND \u00c4' where id = 11");
    await storage.plant({ id: 12, owner: ADA, text: "refund" });
    await storage.run("update turns set replaced = 1 where conversation_id = 12");
    await storage.plant({ id: 13, owner: "visitor:bob", text: "refund" });
    expect(await ids({ text: "reFUND" })).toEqual([11, 10]);
    expect(await ids({ text: "refund \u00e4" })).toEqual([11]);
    expect(await ids({ text: "%" })).toEqual([]);
  });

  it("are read from their index in its order, however many others there are", async () => {
    const explain = engine.name === "sqlite" ? "explain query plan" : "explain";
    const insert = (count: number, id: string, owner: string) =>
      storage.run(`
        insert into conversations (tenant_id, id, label, user_id, owner, created_at, updated_at, next_position)
          with recursive c(n) as (select 1 union all select n + 1 from c where n < ${count})
          select '${TENANT}', ${id}, '', 1, '${owner}', 0, n, 0 from c`);
    await insert(30_000, "n", "visitor:bob");
    await insert(200, "n + 100000", ADA);
    await storage.run("analyze");
    const { reader } = storage.database;
    let plan = "";
    const explaining: Connection = {
      ...reader,
      builder: reader.builder,
      async query(scope, query) {
        const { sql: text, parameters } = query.compile();
        const explained = CompiledQuery.raw(`${explain} ${text}`, [...parameters]);
        plan = JSON.stringify(await reader.query(scope, { compile: () => explained }));
        return [];
      },
    };
    await readOwnNewest(
      explaining,
      { tenantId: TENANT, label: "", owner: ADA },
      { updatedAt: 9000, id: 1 },
      51,
    );
    expect(plan).toMatch(/conversations_by_holder/);
    expect(plan).not.toMatch(/Sort|TEMP B-TREE/);
  });
});
