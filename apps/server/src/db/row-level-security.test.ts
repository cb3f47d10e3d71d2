import pg from "pg";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { setUpDatabase } from "../tenants/set-up.ts";
import { addUser } from "../tenants/store.ts";
import { engines, type TestStorage } from "../testing/databases.ts";
import type { Database } from "./database.ts";
import { openPostgresDatabase } from "./postgres.ts";
import { UnsafeRoleError } from "./postgres-set-up.ts";
import { EVERY_TENANT, statement } from "./statement.ts";

/** What a forgotten condition looks like: it names its tenant and does not ask for it. */
const selectAllUsers = statement<{ tenantId: string }>()((db) =>
  db.selectFrom("users").select(["tenant_id", "id"]),
);
const renameAllUsers = statement<{ tenantId: string; name: string }>()((db, p) =>
  db.updateTable("users").set({ name: p("name") }),
);

const { postgres } = engines();

describe.skipIf(!postgres)("row-level security on PostgreSQL", () => {
  let storage: TestStorage;
  let database: Database;
  beforeEach(async () => {
    if (!postgres) throw new Error("PostgreSQL is not installed");
    storage = await postgres.create();
    database = await storage.open();
    for (const tenantId of ["red", "blue"]) {
      await setUpDatabase(database, { tenantId: "red", userId: 1, now: 0 });
      await addTenant(tenantId);
      await database.write(addUser, { tenantId, id: 2, name: tenantId, now: 0 });
    }
  });
  afterEach(async () => {
    await database[Symbol.asyncDispose]();
    await storage[Symbol.asyncDispose]();
  });

  async function addTenant(tenantId: string): Promise<void> {
    await database.reader.query(
      EVERY_TENANT,
      database.reader.builder
        .insertInto("tenants")
        .values({ tenant_id: tenantId, created_at: 0, settings: '{"name":"x"}' })
        .onConflict((conflict) => conflict.doNothing()),
    );
  }
  const usersOf = (scope: string) =>
    database.reader.query(
      scope,
      database.reader.builder.selectFrom("users").select(["tenant_id", "name"]).orderBy("id"),
    );

  it("shows a query without a tenant's condition that tenant's rows alone", async () => {
    expect(await database.reader.run(selectAllUsers, { tenantId: "blue" })).toEqual([
      { tenant_id: "blue", id: 2 },
    ]);
    expect(await usersOf("nobody")).toEqual([]);
    expect(await usersOf(EVERY_TENANT)).toHaveLength(3);
  });

  it("changes nothing of another tenant's, and writes nothing there", async () => {
    await database.reader.change(renameAllUsers, { tenantId: "blue", name: "changed" });
    expect((await usersOf("red")).map(({ name }) => name)).not.toContain("changed");
    const foreign = database.reader.builder
      .insertInto("users")
      .values({ tenant_id: "red", id: 9, name: "", created_at: 0 });
    await expect(database.reader.query("blue", foreign)).rejects.toThrow(/row-level security/);
  });

  it("keeps to the query's own tenant after others, failures and transactions on one connection", async () => {
    const tenants = Array.from({ length: 200 }, (_, at) => (at % 2 ? "red" : "blue"));
    const seen = await Promise.all(
      tenants.map(async (tenantId, at) => {
        if (at % 10 === 0) await Promise.resolve(usersOf("bl'ue\\ --")).catch(() => undefined);
        return database.reader.run(selectAllUsers, { tenantId });
      }),
    );
    for (const [at, rows] of seen.entries()) {
      expect(rows.every((row) => row.tenant_id === tenants[at])).toBe(true);
    }
  });

  it("shows nothing at all to a connection that names no tenant", async () => {
    const client = new pg.Client(storage.env.DATABASE_URL);
    await client.connect();
    expect((await client.query("select * from conversations")).rows).toEqual([]);
    expect((await client.query("select * from users")).rows).toEqual([]);
    await client.end();
  });

  it("holds for every table that has a tenant", async () => {
    const client = new pg.Client(storage.env.DATABASE_URL);
    await client.connect();
    const { rows } = await client.query(`
      select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
      where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
        and not (c.relrowsecurity and c.relforcerowsecurity)
    `);
    await client.end();
    expect(rows).toEqual([]);
  });

  it("refuses a superuser, for whom it does not hold, with the line that mends it", async () => {
    const url = inject("postgresUrl") ?? "";
    await expect(openPostgresDatabase(url)).rejects.toThrow(UnsafeRoleError);
    await expect(openPostgresDatabase(url)).rejects.toThrow(/create role orcha login/);
  });
});
