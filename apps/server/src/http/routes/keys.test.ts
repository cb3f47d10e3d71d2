import { keyPageSchema, keySchema, newKeySchema } from "@orcha/contract";
import { afterEach, beforeEach, expect, it } from "vitest";
import { giveKey } from "../../privacy/testing/credentials.ts";
import { describeOnEveryEngine } from "../../testing/databases.ts";
import { startTestServer, type TestServer } from "../../testing/server.ts";

const TENANT = "external_widget";

describeOnEveryEngine("secret keys over the API", (engine) => {
  let server: TestServer;
  let admin: Record<string, string>;
  beforeEach(async () => {
    server = await startTestServer(engine);
    admin = await giveKey(server.database, TENANT, ["chat", "read", "admin"]);
  });
  afterEach(() => server[Symbol.asyncDispose]());

  const ask = (method: string, path = "", body?: unknown, headers = admin) =>
    fetch(`${server.url}/api/v1/orcha/admin/keys${path}`, {
      method,
      headers: { ...headers, ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const create = async (body: object, headers = admin) =>
    newKeySchema.strict().parse(await (await ask("POST", "", body, headers)).json());

  it("are told once, work, are listed without being told, and end when they are revoked", async () => {
    const made = await create({ name: " Shop ", scopes: ["chat", "chat"] });
    expect(made).toMatchObject({ name: "Shop", scopes: ["chat"], tenant_id: TENANT });
    const headers = { authorization: `Bearer ${made.key}` };
    expect((await server.chat({ text: "Hi" }, headers)).success).toBe(true);

    const text = await (await ask("GET")).text();
    expect(text).not.toContain(made.key);
    const page = keyPageSchema.strict().parse(JSON.parse(text));
    const listed = page.data.find(({ id }) => id === made.id);
    expect(listed).toMatchObject({ prefix: made.key.slice(0, 13), revoked_at: null });

    const revoked = keySchema.strict().parse(await (await ask("DELETE", `/${made.id}`)).json());
    expect(revoked.revoked_at).not.toBeNull();
    await server.restart(); // what was known for a second is forgotten
    expect((await server.chat({ text: "Hi" }, headers)).status).toBe(401);
  });

  it("page from the newest", async () => {
    for (const name of ["one", "two", "three"]) await create({ name, scopes: ["read"] });
    const first = keyPageSchema.parse(await (await ask("GET", "?limit=2")).json());
    expect(first.data.map(({ name }) => name)).toEqual(["three", "two"]);
    const query = `?limit=2&cursor=${first.next_cursor}`;
    const second = keyPageSchema.parse(await (await ask("GET", query)).json());
    expect(second.data.map(({ name }) => name)).toEqual(["one", "test"]);
    expect(second.next_cursor).toBeNull();
  });

  it("give nobody more than its maker has", async () => {
    for (const scope of ["write", "search"]) {
      const response = await ask("POST", "", { name: "x", scopes: ["read", scope] });
      expect(response.status).toBe(403);
    }
    for (const scopes of [["read"], ["chat", "read", "write", "search"]]) {
      const other = await giveKey(server.database, TENANT, scopes as "read"[]);
      expect((await ask("POST", "", { name: "x", scopes: ["read"] }, other)).status).toBe(403);
      expect((await ask("GET", "", undefined, other)).status).toBe(403);
    }
  });

  it("of the installation are made by its owner only, not by another such key", async () => {
    const every = await giveKey(server.database, "*", ["read", "write", "admin"]);
    const body = { name: "x", scopes: ["read"] };
    expect((await ask("POST", "?tenant_id=*", body, every)).status).toBe(403);
    expect((await ask("POST", "?tenant_id=*", body)).status).toBe(403);
    const { data } = keyPageSchema.parse(await (await ask("GET", "", undefined, every)).json());
    const [own] = data;
    expect((await ask("DELETE", `/${own?.id}`, undefined, every)).status).toBe(403);
    expect((await ask("POST", `?tenant_id=${TENANT}`, body, every)).status).toBe(201);
  });

  it("of another tenant do not exist", async () => {
    const other = await giveKey(server.database, "other", ["read", "admin"]);
    const { id } = await create({ name: "x", scopes: ["read"] });
    const outcome = await ask("DELETE", `/${id}?tenant_id=other`, undefined, other);
    expect([401, 403, 404]).toContain(outcome.status);
    const { data } = keyPageSchema.parse(await (await ask("GET")).json());
    expect(data.find((key) => key.id === id)?.revoked_at).toBeNull();
  });

  it("refuse what they cannot be", async () => {
    const bodies = [
      {},
      { name: "", scopes: ["read"] },
      { name: "a\nb", scopes: ["read"] },
      { name: "x", scopes: [] },
      { name: "x", scopes: ["owner"] },
      { name: "x", scopes: "read" },
      { name: "x", scopes: ["read"], expires_at: "tomorrow" },
      { name: "x", scopes: ["read"], expires_at: "2020-01-01T00:00:00Z" },
      { name: "x", scopes: ["read"], more: 1 },
    ];
    for (const body of bodies) expect((await ask("POST", "", body)).status).toBe(400);
    for (const path of ["/x", "/0", "/-1", "/1.5", `/${"9".repeat(30)}`, "/%00"]) {
      expect((await ask("DELETE", path)).status).toBe(404);
    }
    expect((await ask("GET", "?cursor=x")).status).toBe(400);
  });
});
