import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { join } from "node:path";
import { storedTenantSettingsSchema, type TenantSettings } from "@orcha/contract";
import { sql } from "kysely";
import Libsql from "libsql";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { AuditEntry } from "../../audit/store.ts";
import type { Database } from "../../db/database.ts";
import { EVERY_TENANT } from "../../db/statement.ts";
import { describeOnEveryEngine, type TestStorage } from "../../testing/databases.ts";
import { setUpDatabase } from "../set-up.ts";
import { userExists } from "../store.ts";
import { deleteTenant } from "./delete-tenant.ts";
import { OWNED_TABLES } from "./erase-store.ts";
import { createTenant, getTenant, listTenants, updateTenant } from "./registry.ts";
import { changeSettings } from "./registry-store.ts";

const NOW = Date.UTC(2026, 10, 22);

describeOnEveryEngine("tenants", (engine) => {
  const defaultTenantId = "external_widget";
  let storage: TestStorage;
  let database: Database;
  let refusal: string | undefined;
  beforeEach(async () => {
    storage = await engine.create();
    database = await storage.open();
    refusal = undefined;
    await setUpDatabase(database, { tenantId: defaultTenantId, userId: 1, now: 0 });
  });
  afterEach(async () => {
    await database[Symbol.asyncDispose]();
    await storage[Symbol.asyncDispose]();
  });

  const deps = () => ({
    database,
    defaultTenantId,
    defaultUserId: 1,
    checkSettings: async () => refusal,
  });
  const entryFor =
    (tenantId: string) =>
    (action: string, target: string, detail = {}): AuditEntry => ({
      tenantId,
      actor: { kind: "operator", id: "1", name: "Ada" },
      action,
      target,
      detail,
      address: "",
      now: NOW,
    });
  const settings = (change: object = {}): TenantSettings =>
    storedTenantSettingsSchema.parse({ name: "Shop", ...change });
  const create = (id: string, change: object = {}) =>
    createTenant(deps(), { id, settings: settings(change) }, entryFor(id));
  const update = (id: string, change: Record<string, unknown>) =>
    updateTenant(deps(), id, change, entryFor(id));
  const rows = (table: string) =>
    database.reader.query(EVERY_TENANT, {
      compile: () => sql`select * from ${sql.table(table)}`.compile(database.reader.builder),
    }) as Promise<Record<string, unknown>[]>;

  it("are made with the user that anonymous visitors write as", async () => {
    await create("shop");
    expect(await getTenant({ database }, "shop")).toMatchObject({ id: "shop", createdAt: NOW });
    expect(await userExists(database.reader, "shop", 1)).toBe(true);
  });

  it("cannot be made twice, also not at the same time", async () => {
    const outcomes = await Promise.allSettled([create("shop"), create("shop"), create("shop")]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual([
      "fulfilled",
      "rejected",
      "rejected",
    ]);
    await expect(create("shop")).rejects.toThrow(/already/);
  });

  it("are changed group by group: what is not named stays", async () => {
    await create("shop", { limits: { visitor_per_minute: 5 }, theme: { accent: "#112233" } });
    await update("shop", { limits: { tenant_per_minute: 100 }, retention_days: 30 });
    const { settings: changed } = await getTenant({ database }, "shop");
    expect(changed.limits).toMatchObject({ visitor_per_minute: 5, tenant_per_minute: 100 });
    expect(changed.theme.accent).toBe("#112233");
    expect(changed.retention_days).toBe(30);
    await update("shop", { limits: { visitor_per_minute: null } });
    expect((await getTenant({ database }, "shop")).settings.limits.visitor_per_minute).toBeNull();
  });

  it("keep what a newer version put into their settings", async () => {
    await create("shop");
    const [row] = (await rows("tenants")).filter(({ tenant_id }) => tenant_id === "shop");
    const newer = { ...JSON.parse(String(row?.settings)), voice: { on: true } };
    newer.theme.radius = 4;
    await database.write(changeSettings, {
      tenantId: "shop",
      from: String(row?.settings),
      to: JSON.stringify(newer),
      entry: entryFor("shop")("tenant.update", "shop"),
    });
    await update("shop", { theme: { accent: "#000000" }, name: "New" });
    const [after] = (await rows("tenants")).filter(({ tenant_id }) => tenant_id === "shop");
    expect(JSON.parse(String(after?.settings))).toMatchObject({
      name: "New",
      voice: { on: true },
      theme: { radius: 4, accent: "#000000" },
    });
  });

  it("refuse settings that cannot be, in a sentence, and stay as they were", async () => {
    await create("shop");
    const before = await getTenant({ database }, "shop");
    const refused: [Record<string, unknown>, RegExp][] = [
      [{ nmae: "x" }, /nmae/],
      [{ name: "" }, /settings\.name/],
      [{ limits: { visitor_per_minute: 0 } }, /settings\.limits\.visitor_per_minute/],
      [{ limits: { per_hour: 1 } }, /per_hour/],
      [{ limits: null }, /settings\.limits/],
      [{ limits: [] }, /settings\.limits/],
      [{ allowed_origins: ["https://*.*.example"] }, /origin/],
      [{ allowed_origins: ["*"] }, /origin/],
      [{ identity: { mode: "required" } }, /needs something to verify tokens with/],
      [{ identity: { mode: "optional" } }, /needs something to verify tokens with/],
      [{ identity: { jwks_url: "file:///etc/passwd" } }, /jwks_url/],
      [
        { identity: { keys: [{ kid: "k", algorithm: "RS256", public_key: "no key" }] } },
        /public_key of "k" is not a RS256 key/,
      ],
      [{ __proto__: null, constructor: {} }, /constructor/],
      [JSON.parse('{"__proto__":{"suspended":true}}'), /settings/],
    ];
    for (const [change, sentence] of refused) {
      await expect(update("shop", change)).rejects.toThrow(sentence);
      await expect(update("shop", change)).rejects.toMatchObject({ code: "invalid_request" });
    }
    refusal = "openai/x has no price.";
    await expect(update("shop", { name: "Other" })).rejects.toThrow(refusal);
    expect(await getTenant({ database }, "shop")).toEqual(before);
    await expect(update("nobody", { name: "x" })).rejects.toMatchObject({
      code: "tenant_not_found",
    });
  });

  it("take public keys of the algorithm that is theirs, each under a name of its own", async () => {
    await create("shop");
    const pem = (publicKey: KeyObject) => String(publicKey.export({ type: "spki", format: "pem" }));
    const ec = pem(generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey);
    const weak = pem(generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey);
    const p384 = pem(generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey);
    const keys = (...list: [string, string, string][]) => ({
      identity: {
        mode: "required",
        keys: list.map(([kid, algorithm, public_key]) => ({ kid, algorithm, public_key })),
      },
    });
    await update("shop", keys(["a", "ES256", ec]));
    await expect(update("shop", keys(["a", "RS256", ec]))).rejects.toThrow(
      /"a" is not a RS256 key/,
    );
    await expect(update("shop", keys(["a", "RS256", weak]))).rejects.toThrow(/"a" has 1024 bits/);
    await expect(update("shop", keys(["a", "ES256", p384]))).rejects.toThrow(/"a"/);
    await expect(update("shop", keys(["a", "ES256", ec], ["a", "ES256", ec]))).rejects.toThrow(
      /two keys "a"/,
    );
  });

  it("are suspended and resumed whatever has become of the rest of their settings", async () => {
    await create("shop");
    refusal = "openai/x has no price.";
    await update("shop", { suspended: true });
    expect((await getTenant({ database }, "shop")).settings.suspended).toBe(true);
    await update("shop", { suspended: false });
    const log = (await rows("audit_log")).filter(({ tenant_id }) => tenant_id === "shop");
    expect(log.map(({ action }) => action)).toEqual([
      "tenant.create",
      "tenant.suspend",
      "tenant.resume",
    ]);
  });

  it("lose no change when several come at once", async () => {
    await create("shop");
    await Promise.all([
      update("shop", { theme: { accent: "#000001" } }),
      update("shop", { retention_days: 9 }),
      update("shop", { limits: { visitor_per_minute: 3 } }),
    ]);
    expect((await getTenant({ database }, "shop")).settings).toMatchObject({
      theme: { accent: "#000001" },
      retention_days: 9,
      limits: { visitor_per_minute: 3 },
    });
  });

  it("are listed in pages", async () => {
    for (const id of ["b", "c", "a", "É", "日本"]) await create(id);
    const seen: string[] = [];
    let after: string | null = "";
    while (after !== null) {
      const page: Awaited<ReturnType<typeof listTenants>> = await listTenants(
        { database },
        { after, limit: 2 },
      );
      seen.push(...page.tenants.map(({ id }) => id));
      after = page.next;
    }
    expect([...seen].sort()).toEqual(["a", "b", "c", defaultTenantId, "É", "日本"].sort());
  });

  it("know every table that holds rows of tenants", async () => {
    const named =
      engine.name === "sqlite"
        ? sql<{ name: string }>`select m.name from sqlite_master m, pragma_table_info(m.name) c
            where m.type = 'table' and c.name = 'tenant_id'`
        : sql<{ name: string }>`select table_name as name from information_schema.columns
            where column_name = 'tenant_id' and table_schema = 'public'`;
    const tables = await database.reader.query(EVERY_TENANT, {
      compile: () => named.compile(database.reader.builder),
    });
    const owned = [...OWNED_TABLES.map(({ table }) => table), "tenants"];
    expect(tables.map(({ name }) => name).sort()).toEqual(owned.sort());
  });

  /** A few rows of every table, as few columns as can be: numbers and texts of one figure fit each other's keys. */
  async function fillTables(tenantId: string, count: number): Promise<void> {
    for (const { table } of [...OWNED_TABLES].reverse()) {
      const many = table === "tenant_labels" ? count * 400 : count;
      const columns = await columnsOf(table);
      const rowOf = (figure: number) =>
        columns.map(({ name, isText }) => {
          if (name === "tenant_id") return `'${tenantId}'`;
          return isText ? `'${figure}'` : String(figure);
        });
      const values = Array.from({ length: many }, (_, at) => `(${rowOf(at + 2).join(", ")})`);
      const names = columns.map(({ name }) => name).join(", ");
      await execute(
        `insert into ${table} (${names}) values ${values.join(", ")} on conflict do nothing`,
      );
    }
  }

  async function columnsOf(table: string): Promise<{ name: string; isText: boolean }[]> {
    const query =
      engine.name === "sqlite"
        ? sql<{ name: string; type: string }>`select name, type from pragma_table_info(${table})`
        : sql<{ name: string; type: string }>`select column_name as name, data_type as type
            from information_schema.columns where table_name = ${table}`;
    const found = await database.reader.query(EVERY_TENANT, {
      compile: () => query.compile(database.reader.builder),
    });
    return found.map(({ name, type }) => ({ name, isText: type === "text" }));
  }

  async function execute(statement: string): Promise<void> {
    if (engine.name === "sqlite") {
      const file = new Libsql(join(storage.env.ORCHA_DATA_DIR ?? "", "orcha.db"));
      file.exec(statement);
      file.close();
    } else {
      await database.reader.query(EVERY_TENANT, {
        compile: () => sql.raw(statement).compile(database.reader.builder),
      });
    }
  }

  const remove = (id: string, confirmation = id) =>
    deleteTenant(deps(), id, confirmation, entryFor(id), (erased) =>
      entryFor("*")("tenant.delete", id, { erased }),
    );

  it("are erased from every table, and nobody else is", async () => {
    await create("shop");
    await create("other");
    await execute("insert into operators (id, email, name, created_at) values (2, 'a', 'A', 0)");
    await execute("insert into operators (id, email, name, created_at) values (3, 'b', 'B', 0)");
    await execute("insert into operators (id, email, name, created_at) values (4, 'c', 'C', 0)");
    await fillTables("shop", 3);
    await fillTables("other", 2);
    const ofOthers = async () =>
      Promise.all(
        OWNED_TABLES.map(async ({ table }) =>
          (await rows(table)).filter(({ tenant_id }) => tenant_id === "other"),
        ),
      );
    const before = await ofOthers();
    expect(before.filter((found) => found.length === 0)).toEqual([]);

    const erased = await remove("shop");

    expect(Object.keys(erased).sort()).toEqual(OWNED_TABLES.map(({ table }) => table).sort());
    expect(erased).toMatchObject({ tenant_labels: 1200, messages: 3, users: 4 });
    for (const { table } of [...OWNED_TABLES, { table: "tenants" }]) {
      expect((await rows(table)).filter(({ tenant_id }) => tenant_id === "shop")).toEqual([]);
    }
    expect(await ofOthers()).toEqual(before);
    const log = (await rows("audit_log")).filter(({ tenant_id }) => tenant_id === "*");
    expect(log).toMatchObject([{ action: "tenant.delete", target: "shop", actor_name: "Ada" }]);
    await expect(getTenant({ database }, "shop")).rejects.toMatchObject({
      code: "tenant_not_found",
    });
  });

  it("are not erased by mistake, and the default one never", async () => {
    await create("shop");
    await expect(remove("shop", "")).rejects.toThrow(/confirm must be "shop"/);
    await expect(remove("shop", "SHOP")).rejects.toThrow(/confirm/);
    await expect(remove(defaultTenantId)).rejects.toThrow(/default tenant/);
    await expect(remove("nobody")).rejects.toMatchObject({ code: "tenant_not_found" });
    expect((await getTenant({ database }, "shop")).settings.suspended).toBe(false);
  });
});
