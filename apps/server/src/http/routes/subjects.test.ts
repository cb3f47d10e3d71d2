import { erasureReceiptSchema, subjectExportSchema } from "@orcha/contract";
import { afterEach, beforeEach, expect, it } from "vitest";
import { giveKey, signIn } from "../../privacy/testing/credentials.ts";
import { describeOnEveryEngine } from "../../testing/databases.ts";
import { startTestServer, type TestServer } from "../../testing/server.ts";

const TENANT = "external_widget";
type Headers = Record<string, string>;

describeOnEveryEngine("what is kept about somebody, for operators", (engine) => {
  let server: TestServer;
  let admin: Headers;
  beforeEach(async () => {
    server = await startTestServer(engine);
    admin = await giveKey(server.database, TENANT, ["admin"]);
  });
  afterEach(() => server[Symbol.asyncDispose]());

  const ask = (subject: string, method = "GET", headers = admin, query = "") =>
    fetch(`${server.url}/api/v1/orcha/admin/subjects/${encodeURIComponent(subject)}${query}`, {
      method,
      headers,
    });
  const exported = async (subject: string) =>
    subjectExportSchema.strict().parse(await (await ask(subject)).json());
  const rows = async (table: "audit_log" | "users" | "erasures") => {
    const { reader } = server.database;
    return JSON.stringify(await reader.query("*", reader.builder.selectFrom(table).selectAll()));
  };

  it("is found, exported and erased by what their tokens call them", async () => {
    const tokenOf = await signIn(server.database, TENANT);
    const name = "auth0|ada/7@example.com";
    await server.chat({ text: "I am Ada" }, await tokenOf(name));
    await server.chat({ text: "I am Bob" }, await tokenOf("bob"));
    const all = await exported(name);
    expect(all).toMatchObject({
      user: { subject: name },
      conversations: [{ user_verified: true }],
    });
    expect((await exported(`user:${all.user?.id}`)).conversations).toHaveLength(1);

    const receipt = erasureReceiptSchema.strict().parse(await (await ask(name, "DELETE")).json());
    expect(receipt.counts).toMatchObject({ conversations: 1, users: 1 });
    expect((await ask(name)).status).toBe(404);
    expect((await exported("bob")).conversations).toHaveLength(1);
    for (const table of ["audit_log", "users", "erasures"] as const) {
      expect(await rows(table)).not.toMatch(/ada\/7|Ada/);
    }
    expect(await rows("audit_log")).toContain('"action":"subject.erase","target":"subject:');
    expect(await rows("audit_log")).toContain('"action":"subject.export","target":"subject:');
  });

  it("is found by the owner that the list of conversations shows", async () => {
    const visitor = { "x-aura-visitor": await server.visitor() };
    await server.chat({ text: "Hi" }, visitor);
    await server.chat({ text: "Hi", tenant_id: "partner" }, visitor);
    const me = await fetch(`${server.url}/api/v1/orcha/me`, { headers: visitor });
    const [owner = ""] = subjectExportSchema.parse(await me.json()).subjects;
    expect((await exported(owner)).conversations).toHaveLength(2);
    await ask(owner, "DELETE", admin, "?tenant_id=partner");
    expect((await exported(owner)).conversations).toHaveLength(1);
    await ask(owner, "DELETE");
    expect((await exported(owner)).conversations).toEqual([]);
  });

  it("is not mistaken for a user whose number their tokens' name looks like", async () => {
    const tokenOf = await signIn(server.database, TENANT);
    await server.chat({ text: "I am Ada" }, await tokenOf("user:1"));
    expect((await ask("user:1", "DELETE")).status).toBe(400);
    expect((await ask("nobody", "DELETE")).status).toBe(404);
  });

  it("is nobody's business but the tenant's admins'", async () => {
    const editor = await giveKey(server.database, TENANT, ["read", "write", "chat"]);
    for (const method of ["GET", "DELETE"]) {
      expect((await ask("user:1", method, editor)).status).toBe(403);
      expect((await ask("user:1", method, {})).status).toBe(401);
    }
  });
});
