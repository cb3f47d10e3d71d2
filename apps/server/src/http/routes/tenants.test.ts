import {
  problemSchema,
  tenantErasureSchema,
  tenantPageSchema,
  tenantSchema,
} from "@orcha/contract";
import { afterEach, beforeEach, expect, it } from "vitest";
import { giveKey } from "../../privacy/testing/credentials.ts";
import { describeOnEveryEngine } from "../../testing/databases.ts";
import { startTestServer, type TestServer } from "../../testing/server.ts";

describeOnEveryEngine("tenants over the API", (engine) => {
  let server: TestServer;
  let owner: Record<string, string>;
  beforeEach(async () => {
    server = await startTestServer(engine);
    owner = await giveKey(server.database, "*", ["read", "write", "admin"]);
  });
  afterEach(() => server[Symbol.asyncDispose]());

  const ask = (method: string, path = "", body?: unknown, headers = owner) =>
    fetch(`${server.url}/api/v1/orcha/admin/tenants${path}`, {
      method,
      headers: { ...headers, ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const create = (id: string, settings: object = { name: "Shop" }) =>
    ask("POST", "", { id, settings });

  it("are made, read, listed by pages, changed and erased", async () => {
    for (const id of ["b", "a/b c", "ü"]) expect((await create(id)).status).toBe(201);
    const one = tenantSchema
      .strict()
      .parse(await (await ask("GET", `/${encodeURIComponent("a/b c")}`)).json());
    expect(one).toMatchObject({ id: "a/b c", settings: { name: "Shop", suspended: false } });

    const seen: string[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const query = `?limit=2&cursor=${encodeURIComponent(cursor)}`;
      const page = tenantPageSchema.parse(await (await ask("GET", query)).json());
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.next_cursor;
    }
    expect(seen.sort()).toEqual(["a/b c", "b", "external_widget", "ü"]);

    const changed = await ask("PATCH", "/b", { settings: { theme: { accent: "#abcdef" } } });
    expect(await changed.json()).toMatchObject({
      settings: { name: "Shop", theme: { accent: "#abcdef" } },
    });
    const erased = await ask("DELETE", "/b", { confirm: "b" });
    expect(erased.status).toBe(200);
    expect(tenantErasureSchema.parse(await erased.json()).id).toBe("b");
    expect((await ask("GET", "/b")).status).toBe(404);
  });

  it("let their own admins change what is theirs, and not what they may cost", async () => {
    await create("shop");
    const own = await giveKey(server.database, "shop", ["read", "admin"]);
    const change = (settings: object) => ask("PATCH", "/shop", { settings }, own);
    expect((await change({ name: "Our shop" })).status).toBe(200);
    const costly = [
      { budget: { tokens_per_day: null } },
      { limits: { tenant_per_minute: 1_000_000 } },
      { models: ["extractive"] },
      { suspended: false },
    ];
    for (const settings of costly) {
      const refused = await change({ name: "Theirs", ...settings });
      expect(refused.status).toBe(403);
      expect(problemSchema.parse(await refused.json()).detail).toContain(Object.keys(settings)[0]);
    }
    expect(await (await ask("GET", "/shop", undefined, own)).json()).toMatchObject({
      settings: { name: "Our shop" },
    });
  });

  it("serve at once, and nobody any more once they are suspended", async () => {
    await create("shop");
    const visitor = { "x-aura-visitor": await server.visitor() };
    const key = await giveKey(server.database, "shop", ["chat", "read", "admin"]);
    expect((await server.chat({ text: "Hi", tenant_id: "shop" }, visitor)).success).toBe(true);
    expect((await ask("GET", "/shop", undefined, key)).status).toBe(200);

    await ask("PATCH", "/shop", { settings: { suspended: true } });
    await server.restart(); // what was known for a second is forgotten
    expect((await server.chat({ text: "Hi", tenant_id: "shop" }, visitor)).success).toBe(false);
    expect((await server.chat({ text: "Hi", tenant_id: "shop" }, key)).status).toBe(401);
    expect((await ask("GET", "/shop", undefined, key)).status).toBe(401);
    const resume = { settings: { suspended: false } };
    expect((await ask("PATCH", "/shop", resume, key)).status).toBe(401);
    expect((await ask("PATCH", "/shop", resume)).status).toBe(200);
    await server.restart();
    expect((await server.chat({ text: "Hi", tenant_id: "shop" }, visitor)).success).toBe(true);
  });

  it("are erased in the middle of an answer, which brings nothing back", async () => {
    await create("shop");
    let go = () => {};
    const gone = new Promise<void>((resolve) => {
      go = resolve;
    });
    server.model.reply = async function* (_, signal) {
      yield "Half an answer";
      go();
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      yield " and the rest";
    };
    const answer = server.stream({ text: "Hi", tenant_id: "shop" });
    await gone;
    expect((await ask("DELETE", "/shop", { confirm: "shop" })).status).toBe(200);
    await answer;
    const { reader } = server.database;
    for (const table of ["turns", "messages", "turn_pieces", "conversations", "users"] as const) {
      const rows = reader.builder.selectFrom(table).select("tenant_id");
      const left = await reader.query("*", rows.where("tenant_id", "=", "shop"));
      expect([table, left]).toEqual([table, []]);
    }
  });

  it("refuse what they cannot be, with a sentence", async () => {
    const refused: [string, string, unknown][] = [
      ["POST", "", {}],
      ["POST", "", { id: "*", settings: { name: "x" } }],
      ["POST", "", { id: " ", settings: { name: "x" } }],
      ["POST", "", { id: "a\nb", settings: { name: "x" } }],
      ["POST", "", { id: "a\u0000b", settings: { name: "x" } }],
      ["POST", "", { id: "..", settings: { name: "x" } }],
      ["POST", "", { id: "x".repeat(101), settings: { name: "x" } }],
      ["POST", "", { id: "x", settings: {} }],
      ["POST", "", { id: "x", settings: { name: "x", nmae: 1 } }],
      ["POST", "", { id: "x", settings: { name: "x" }, more: 1 }],
      ["POST", "", { id: "external_widget", settings: { name: "x" } }],
      ["PATCH", "/external_widget", { name: "x" }],
      ["PATCH", "/external_widget", { settings: { name: null } }],
      ["PATCH", "/external_widget", { settings: { identity: { mode: "required" } } }],
      ["DELETE", "/external_widget", { confirm: "external_widget" }],
      ["GET", "?cursor=%00", undefined],
      ["GET", "?limit=0", undefined],
    ];
    for (const [method, path, body] of refused) {
      const response = await ask(method, path, body);
      const problem = problemSchema.parse(await response.json());
      expect([path, body, response.status]).toEqual([path, body, 400]);
      expect(problem.detail.length).toBeGreaterThan(10);
    }
    for (const path of ["/nobody", "/%00", "/%2A"]) {
      for (const method of ["GET", "PATCH", "DELETE"]) {
        const body = method === "PATCH" ? { settings: {} } : { confirm: "" };
        const status = (await ask(method, path, method === "GET" ? undefined : body)).status;
        expect([method, path, [400, 404].includes(status)]).toEqual([method, path, true]);
      }
    }
    expect((await ask("GET", "/nobody")).status).toBe(404);
  });

  it("are seen and changed by those who may, and no further", async () => {
    await create("shop");
    await create("other");
    const admin = await giveKey(server.database, "shop", ["read", "admin"]);
    const viewer = await giveKey(server.database, "shop", ["read"]);
    const settings = { settings: { name: "New" } };
    const expected: [Record<string, string>, string, string, unknown, number][] = [
      [admin, "GET", "/shop", undefined, 200],
      [admin, "PATCH", "/shop", settings, 200],
      [admin, "GET", "", undefined, 403],
      [admin, "POST", "", { id: "x", settings: { name: "x" } }, 403],
      [admin, "DELETE", "/shop", { confirm: "shop" }, 403],
      [admin, "GET", "/other", undefined, 403],
      [admin, "PATCH", "/other", settings, 403],
      [admin, "GET", "/nobody", undefined, 403],
      [viewer, "GET", "/shop", undefined, 200],
      [viewer, "PATCH", "/shop", settings, 403],
      [{}, "GET", "/shop", undefined, 401],
      [{ authorization: "Bearer orcha_sk_x" }, "GET", "/shop", undefined, 401],
    ];
    for (const [who, method, path, body, status] of expected) {
      const response = await ask(method, path, body, who);
      expect([method, path, response.status]).toEqual([method, path, status]);
    }
  });
});
