import { sql } from "kysely";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Schema } from "../db/schema.ts";
import { EVERY_TENANT } from "../db/statement.ts";
import { describeOnEveryEngine } from "../testing/databases.ts";
import { RunningTurns } from "../turns/running-turns.ts";
import { eraseSubject } from "./erase-subject.ts";
import { subjectAsJson } from "./export-subject.ts";
import { DEFAULT_USER, type PlantedStorage, plantedStorage, TENANT } from "./testing/planted.ts";

/** What is somebody's: it is exported, and erased. */
const THEIRS = [
  "users",
  "conversations",
  "turns",
  "messages",
  "feedback",
  "turn_pieces",
  "idempotency_keys",
  "usage_daily",
] as const satisfies readonly (keyof Schema)[];

/** What is nobody's in particular, and why. */
const NOT_THEIRS: Partial<Record<keyof Schema, string>> = {
  tenants: "settings of the tenant",
  tenant_labels: "names of pages",
  documents: "the owner's knowledge",
  chunks: "the owner's knowledge",
  terms: "the owner's knowledge",
  postings: "the owner's knowledge",
  corpus_stats: "the owner's knowledge",
  corpus_languages: "the owner's knowledge",
  api_keys: "of the tenant's servers",
  tenant_secrets: "of the tenant's servers",
  operator_roles: "of operators, whom their own page removes",
  audit_log: "what operators did; it names visitors by a keyed digest only",
  budget_spend: "sums of a day under a keyed hash, which is another one each day",
  misses: "counts of some minutes under a keyed hash of a network",
  erasures: "that something was erased, not whose",
};

describeOnEveryEngine("what is kept about somebody", (engine) => {
  let storage: PlantedStorage;
  beforeEach(async () => {
    storage = await plantedStorage(engine);
    await storage.run(`
      insert into users (tenant_id, id, name, created_at, subject) values ('${TENANT}', 55555, 'canary of users', 0, 'canary-sub');
      insert into usage_daily (tenant_id, day, label, user_id, model, slot, conversations, turns, failed_turns, input_tokens, output_tokens, cost)
        values ('${TENANT}', '2026-01-01', '', 55555, 'canary of usage', 0, 1, 1, 0, 7, 3, 2500000);
    `);
    await storage.plant({ id: 98765, owner: "user:55555", userId: 55555, text: "canary of text" });
  });
  afterEach(() => storage[Symbol.asyncDispose]());

  const subject = { tenantId: TENANT, label: undefined, owners: ["user:55555"], userId: 55555 };

  it("is known for every table that a tenant's rows stand in", async () => {
    const known = [...THEIRS, ...Object.keys(NOT_THEIRS)].sort();
    expect(await tablesWithTenant(storage)).toEqual(known);
  });

  it("is exported from every table that holds something", async () => {
    const { reader } = storage.database;
    let text = "";
    const pieces = subjectAsJson({ reader, defaultUserId: DEFAULT_USER, now: 0 }, subject);
    for await (const piece of pieces) text += piece;
    expect(JSON.parse(text)).toMatchObject({
      user: { id: 55555, name: "canary of users", subject: "canary-sub" },
      usage: [{ day: "2026-01-01", model: "canary of usage", cost: 2.5 }],
      conversations: [
        {
          id: 98765,
          owner: "user:55555",
          turns: [
            {
              id: 98765000000,
              messages: [
                { text: "canary of text" },
                { text: "canary of text", feedback: { rating: "up", comment: "canary of text" } },
              ],
              partial_text: "canary of text",
              idempotency_keys: [{ key: "key98765000000" }],
            },
          ],
        },
      ],
    });
  });

  it("is gone from every table after it was erased", async () => {
    for (const table of THEIRS) {
      expect(JSON.stringify(await storage.rows(table))).toMatch(/canary|98765|55555/);
    }
    const { database } = storage;
    const deps = { database, running: new RunningTurns(), now: () => 0 };
    await eraseSubject({ ...deps, defaultUserId: DEFAULT_USER }, subject, undefined);
    for (const table of await tablesWithTenant(storage)) {
      const left = JSON.stringify(await storage.rows(table as keyof Schema)); // any table can be read
      expect(left.replace("canary of usage", "")).not.toMatch(/canary|98765|55555/);
    }
  });
});

async function tablesWithTenant({ database }: PlantedStorage): Promise<string[]> {
  const { builder, engine } = database.reader;
  const query =
    engine === "sqlite"
      ? sql<{ name: string }>`
          select m.name from sqlite_master m join pragma_table_info(m.name) c on c.name = 'tenant_id'
          where m.type = 'table'`
      : sql<{ name: string }>`
          select table_name as name from information_schema.columns
          where table_schema = 'public' and column_name = 'tenant_id'`;
  const rows = await database.reader.query(EVERY_TENANT, {
    compile: () => query.compile(builder),
  });
  return rows.map(({ name }) => name).sort();
}
