import { userPageSchema, userSchema } from "@orcha/contract";
import { afterEach, beforeEach, expect, it } from "vitest";
import { giveKey } from "../../privacy/testing/credentials.ts";
import { describeOnEveryEngine } from "../../testing/databases.ts";
import { startTestServer, type TestServer } from "../../testing/server.ts";

const TENANT = "external_widget";

describeOnEveryEngine("users of a tenant", (engine) => {
  let server: TestServer;
  let admin: Record<string, string>;
  beforeEach(async () => {
    server = await startTestServer(engine);
    admin = await giveKey(server.database, TENANT, ["read", "admin", "chat"]);
  });
  afterEach(() => server[Symbol.asyncDispose]());

  const ask = (method: string, path = "", body?: unknown, headers = admin) =>
    fetch(`${server.url}/api/v1/orcha/admin/users${path}`, {
      method,
      headers: { ...headers, ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const list = async (query = "") =>
    userPageSchema.strict().parse(await (await ask("GET", query)).json());

  it("are added, listed by pages, renamed and deleted", async () => {
    for (const id of [5, 6, 7]) {
      const response = await ask("POST", "", { id, name: ` User ${id} ` });
      expect(response.status).toBe(201);
      const user = userSchema.strict().parse(await response.json());
      expect(user).toMatchObject({ id, name: `User ${id}`, subject: null });
    }
    expect((await ask("POST", "", { id: 5 })).status).toBe(400);
    const first = await list("?limit=2");
    expect(first.data.map(({ id }) => id)).toEqual([1, 5]);
    const second = await list(`?limit=2&cursor=${first.next_cursor}`);
    expect(second.data.map(({ id }) => id)).toEqual([6, 7]);
    expect(second.next_cursor).toBeNull();
    expect(await (await ask("PATCH", "/6", { name: "Eve" })).json()).toMatchObject({ name: "Eve" });
    expect((await ask("DELETE", "/6")).status).toBe(200);
    expect((await ask("DELETE", "/6")).status).toBe(404);
    expect((await ask("PATCH", "/6", { name: "Eve" })).status).toBe(404);
    expect((await list()).data.map(({ id }) => id)).toEqual([1, 5, 7]);
    const { reader } = server.database;
    const log = reader.builder.selectFrom("audit_log").select(["action", "target", "detail"]);
    const entries = (await reader.query("*", log)).filter(
      ({ action }) => action !== "test.prepare",
    );
    expect(entries.map(({ action, target }) => `${action} ${target}`)).toEqual([
      "user.create 5",
      "user.create 6",
      "user.create 7",
      "user.rename 6",
      "user.delete 6",
    ]);
    expect(JSON.stringify(entries)).not.toContain("Eve");
  });

  it("stay when they are the default user, or have conversations", async () => {
    await ask("POST", "", { id: 5 });
    await server.chat({ text: "Hi", user_id: 5 }, admin);
    expect((await ask("DELETE", "/1")).status).toBe(400);
    expect((await ask("DELETE", "/5")).status).toBe(400);
    expect((await list()).data.map(({ id }) => id)).toEqual([1, 5]);
  });

  it("are refused when they are none", async () => {
    for (const body of [{}, { id: 0 }, { id: "x" }, { id: 5, nam: "" }, { id: 5, name: 7 }]) {
      expect((await ask("POST", "", body)).status).toBe(400);
    }
    expect((await ask("POST", "", { id: 5, name: "x".repeat(201) })).status).toBe(400);
    expect((await ask("GET", "?cursor=x")).status).toBe(400);
    expect((await ask("DELETE", "/x")).status).toBe(404);
  });

  it("are changed by admins only", async () => {
    const reader = await giveKey(server.database, TENANT, ["read", "write"]);
    expect((await ask("GET", "", undefined, reader)).status).toBe(200);
    expect((await ask("POST", "", { id: 5 }, reader)).status).toBe(403);
    expect((await ask("PATCH", "/1", { name: "" }, reader)).status).toBe(403);
    expect((await ask("DELETE", "/5", undefined, reader)).status).toBe(403);
    expect((await ask("GET", "", undefined, {})).status).toBe(401);
  });
});
