import { afterEach, beforeEach, expect, it } from "vitest";
import type { Database } from "../db/database.ts";
import { describeOnEveryEngine } from "../testing/databases.ts";
import { RunningTurns } from "../turns/running-turns.ts";
import { eraseSubject } from "./erase-subject.ts";
import type { Subject } from "./subject.ts";
import { DEFAULT_USER, type PlantedStorage, plantedStorage, TENANT } from "./testing/planted.ts";

const ADA = "visitor:ada";
const BOB = "visitor:bob";

describeOnEveryEngine("erasing somebody", (engine) => {
  let storage: PlantedStorage;
  beforeEach(async () => {
    storage = await plantedStorage(engine);
  });
  afterEach(() => storage[Symbol.asyncDispose]());

  const subject = (owner: string, more: Partial<Subject> = {}): Subject => ({
    tenantId: TENANT,
    label: undefined,
    owners: [owner],
    userId: undefined,
    ...more,
  });
  const erase = (whom: Subject, database: Database = storage.database) =>
    eraseSubject(
      {
        database,
        running: new RunningTurns(),
        now: () => 1000,
        defaultUserId: DEFAULT_USER,
      },
      whom,
      undefined,
    );
  const conversationIds = async () =>
    (await storage.rows("conversations")).map(({ id }) => id).sort();

  it("takes what they own and what was offered to them, with all that hangs on it, and nothing else", async () => {
    await storage.plant({ id: 10, owner: ADA, turns: 3 });
    await storage.plant({ id: 11, offeredOwner: ADA });
    await storage.plant({ id: 12, owner: BOB, offeredOwner: ADA });
    const { receipt_id, erased_at, counts } = await erase(subject(ADA));
    expect(counts).toEqual({
      conversations: 2,
      turns: 4,
      messages: 8,
      feedback: 4,
      turn_pieces: 4,
      idempotency_keys: 4,
      users: 0,
    });
    expect(erased_at).toBe(new Date(1000).toISOString());
    expect(await conversationIds()).toEqual([12]);
    for (const [table, left] of [
      ["turns", 1],
      ["messages", 2],
      ["feedback", 1],
      ["turn_pieces", 1],
      ["idempotency_keys", 1],
    ] as const) {
      expect(await storage.rows(table)).toHaveLength(left);
    }
    expect(await storage.rows("erasures")).toEqual([
      {
        tenant_id: TENANT,
        id: receipt_id,
        created_at: 1000,
        requested_by: "visitor",
        counts: JSON.stringify(counts),
      },
    ]);
  });

  it("answers zeros, and keeps no receipt, when there is nothing", async () => {
    await storage.plant({ id: 10, owner: ADA });
    await erase(subject(ADA));
    const again = await erase(subject(ADA));
    expect(again.receipt_id).toBeNull();
    expect(new Set(Object.values(again.counts))).toEqual(new Set([0]));
    expect(await storage.rows("erasures")).toHaveLength(1);
  });

  it("leaves what was said under another label", async () => {
    await storage.plant({ id: 10, owner: ADA });
    await storage.plant({ id: 11, owner: ADA, label: "partner" });
    await erase(subject(ADA, { label: "partner" }));
    expect(await conversationIds()).toEqual([10]);
  });

  it("takes the row of somebody whom tokens named, and leaves their usage to nobody", async () => {
    await storage.run(`
      insert into users (tenant_id, id, name, created_at, subject) values ('${TENANT}', 5, 'Ada', 0, 'ada@example.com');
      ${usage({ userId: 0, day: 1, turns: 1 })}
    `);
    for (let day = 1; day <= 70; day++) await storage.run(usage({ userId: 5, day, turns: 2 }));
    await storage.plant({ id: 10, owner: "user:5", userId: 5 });
    const { counts } = await erase(subject("user:5", { userId: 5 }));
    expect(counts).toMatchObject({ conversations: 1, users: 1 });
    expect((await storage.rows("users")).map(({ id }) => id)).toEqual([DEFAULT_USER]);
    const rows = await storage.rows("usage_daily");
    expect(new Set(rows.map(({ user_id }) => user_id))).toEqual(new Set([0]));
    expect(rows.reduce((turns, row) => turns + Number(row.turns), 0)).toBe(141);
    expect(rows).toHaveLength(70);
  });

  it("only forgets the name of a user whom somebody else's conversation names, or whom an operator made", async () => {
    await storage.run(`
      insert into users (tenant_id, id, name, created_at, subject) values
        ('${TENANT}', 5, 'Ada', 0, 'ada@example.com'), ('${TENANT}', 6, 'Eve', 0, null);
    `);
    await storage.plant({ id: 10, owner: BOB, userId: 5 });
    for (const userId of [5, 6]) {
      const whom = subject(`user:${userId}`, { userId });
      expect((await erase(whom)).counts.users).toBe(1);
      expect((await erase(whom)).counts.users).toBe(0);
    }
    const users = (await storage.rows("users")).filter(({ id }) => id !== DEFAULT_USER);
    expect(users.map(({ name, subject: named }) => [name, named])).toEqual([
      ["", null],
      ["", null],
    ]);
    expect(await conversationIds()).toEqual([10]);
  });

  it("keeps the user as long as there is more of theirs under another label", async () => {
    await storage.run(
      `insert into users (tenant_id, id, name, created_at, subject) values ('${TENANT}', 5, 'Ada', 0, 'ada')`,
    );
    await storage.plant({ id: 10, owner: "user:5", userId: 5 });
    await storage.plant({ id: 11, owner: "user:5", userId: 5, label: "partner" });
    const whom = subject("user:5", { userId: 5, label: "partner" });
    expect((await erase(whom)).counts).toMatchObject({ conversations: 1, users: 0 });
    expect(await storage.rows("users")).toContainEqual(
      expect.objectContaining({ id: 5, subject: "ada" }),
    );
  });

  it("takes many conversations and long ones in many short writes", async () => {
    await storage.plant({ id: 1000, owner: ADA, times: 450, turns: 1 });
    await storage.plant({ id: 5000, owner: ADA, turns: 2500 });
    const { counts } = await erase(subject(ADA));
    expect(counts).toMatchObject({ conversations: 451, turns: 2950, messages: 5900 });
    expect(await storage.rows("messages")).toEqual([]);
  });

  it("lets two who erase the same at once share the work", async () => {
    await storage.plant({ id: 1000, owner: ADA, times: 600 });
    const other = await storage.open();
    const [one, two] = await Promise.all([erase(subject(ADA)), erase(subject(ADA), other)]);
    expect(one.counts.conversations + two.counts.conversations).toBe(600);
    expect(await conversationIds()).toEqual([]);
  });

  it("takes a turn away from a process that does not stop it, and settles it first", async () => {
    await storage.plant({ id: 10, owner: ADA });
    await storage.run(`
      update turns set state = 'pending', ended_at = null, holder = 'elsewhere:1:a' where conversation_id = 10;
      delete from messages where conversation_id = 10 and role = 'assistant';
      update conversations set active_turn_id = 10000000 where id = 10;
    `);
    expect((await erase(subject(ADA))).counts).toMatchObject({ conversations: 1, turns: 1 });
    expect(await conversationIds()).toEqual([]);
    const [row] = await storage.rows("usage_daily");
    expect(row).toMatchObject({ turns: 1, failed_turns: 1 });
  });
});

function usage(row: { userId: number; day: number; turns: number }): string {
  const day = new Date(Date.UTC(2026, 0, row.day)).toISOString().slice(0, 10);
  return `insert into usage_daily (tenant_id, day, label, user_id, model, slot, conversations, turns, failed_turns, input_tokens, output_tokens, cost)
    values ('${TENANT}', '${day}', '', ${row.userId}, 'scripted/one', 3, 1, ${row.turns}, 0, 7, 3, 1);`;
}
