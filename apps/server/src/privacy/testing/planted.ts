import { join } from "node:path";
import { storedTenantSettingsSchema } from "@orcha/contract";
import Libsql from "libsql";
import pg from "pg";
import type { Database } from "../../db/database.ts";
import type { Schema } from "../../db/schema.ts";
import { EVERY_TENANT } from "../../db/statement.ts";
import { setUpInstallation } from "../../tenants/store.ts";
import type { Engine, TestStorage } from "../../testing/databases.ts";

export const TENANT = "external_widget";
export const DEFAULT_USER = 1;

/** A storage with a tenant, into which a test puts rows as it likes. */
export interface PlantedStorage extends AsyncDisposable {
  readonly database: Database;
  /** Another process on the same storage. */
  open(): Promise<Database>;
  /** Statements that both engines understand. */
  run(sql: string): Promise<void>;
  /** A conversation with its turns, done, each with two messages, feedback, a key and a piece of text. */
  plant(conversation: Planted): Promise<void>;
  /** Of a PostgreSQL. */
  readonly url: string;
  rows(table: keyof Schema): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

export interface Planted {
  readonly id: number;
  readonly turns?: number;
  readonly owner?: string;
  readonly offeredOwner?: string;
  readonly label?: string;
  readonly userId?: number;
  readonly updatedAt?: number;
  readonly text?: string;
  /** As many conversations with the ids that follow. */
  readonly times?: number;
}

export async function plantedStorage(engine: Engine): Promise<PlantedStorage> {
  const storage = await engine.create();
  const database = await storage.open();
  await database.write(setUpInstallation, {
    tenantId: TENANT,
    userId: DEFAULT_USER,
    settings: storedTenantSettingsSchema.parse({ name: "Shop" }),
    visitorKey: "key",
    now: 0,
  });
  const opened = [database];
  const run = (sql: string) => runSql(storage, sql);
  return {
    database,
    url: storage.env.DATABASE_URL ?? "",
    run,
    plant: (conversation) => run(insertsOf(conversation)),
    async open() {
      const other = await storage.open();
      opened.push(other);
      return other;
    },
    rows: async (table) =>
      database.reader.query(EVERY_TENANT, database.reader.builder.selectFrom(table).selectAll()),
    async [Symbol.asyncDispose]() {
      for (const one of opened) await one[Symbol.asyncDispose]();
      await storage[Symbol.asyncDispose]();
    },
  };
}

/** The ids of a conversation's turns are a thousand times its own, and even. */
function insertsOf(planted: Planted): string {
  const { id, turns = 1, owner, offeredOwner, label = "", userId = DEFAULT_USER } = planted;
  const { updatedAt = 0, text = "Hello", times = 1 } = planted;
  const series = (name: string, count: number) =>
    `with recursive ${name}(n) as (select 0 union all select n + 1 from ${name} where n < ${count - 1})`;
  const turnOf = `(cast(${id} as bigint) + c.n) * 1000000 + t.n * 2`;
  const both = `${series("c", times)}, t(n) as (select 0 union all select n + 1 from t where n < ${turns - 1})`;
  return `
    insert into conversations (tenant_id, id, label, user_id, user_verified, owner, offered_owner, created_at, updated_at, next_position)
      ${series("c", times)} select '${TENANT}', ${id} + n, '${label}', ${userId}, 0, ${quoted(owner)}, ${quoted(offeredOwner)}, 0, ${updatedAt}, ${2 * turns} from c;
    insert into turns (tenant_id, id, conversation_id, state, created_at, ended_at, holder, heartbeat, replaced, model, input_tokens, output_tokens, stop_requested, user_id)
      ${both} select '${TENANT}', ${turnOf}, ${id} + c.n, 'done', 0, 0, 'test', 0, 0, 'scripted/one', 7, 3, 0, ${userId} from c, t;
    insert into messages (tenant_id, id, conversation_id, turn_id, position, role, text, created_at)
      ${both} select '${TENANT}', ${turnOf}, ${id} + c.n, ${turnOf}, 2 * t.n, 'visitor', '${text}', 0 from c, t;
    insert into messages (tenant_id, id, conversation_id, turn_id, position, role, text, created_at)
      ${both} select '${TENANT}', ${turnOf} + 1, ${id} + c.n, ${turnOf}, 2 * t.n + 1, 'assistant', '${text}', 0 from c, t;
    insert into feedback (tenant_id, message_id, rating, comment, given_at)
      ${both} select '${TENANT}', ${turnOf} + 1, 'up', '${text}', 0 from c, t;
    insert into idempotency_keys (tenant_id, scope, key, body_hash, turn_id, created_at)
      ${both} select '${TENANT}', ${quoted(owner ?? "")}, 'key' || (${turnOf}), 'hash', ${turnOf}, 0 from c, t;
    insert into turn_pieces (tenant_id, turn_id, piece, text)
      ${both} select '${TENANT}', ${turnOf}, 0, '${text}' from c, t;
  `;
}

function quoted(text: string | undefined): string {
  return text === undefined ? "null" : `'${text}'`;
}

/** Beside the server, as an owner's own script would. */
async function runSql({ env }: TestStorage, text: string): Promise<void> {
  if (env.DATABASE_URL === undefined) {
    const file = new Libsql(join(String(env.ORCHA_DATA_DIR), "orcha.db"), { timeout: 5000 });
    file.exec(`begin immediate; ${text} ; commit`);
    file.close();
    return;
  }
  const client = new pg.Client(env.DATABASE_URL);
  await client.connect();
  try {
    await client.query(`set orcha.tenant = '*'; ${text}`);
  } finally {
    await client.end();
  }
}
