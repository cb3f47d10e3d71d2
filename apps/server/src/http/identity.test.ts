import { createHmac } from "node:crypto";
import { afterEach, beforeEach, expect, it } from "vitest";
import { giveKey } from "../privacy/testing/credentials.ts";
import { describeOnEveryEngine } from "../testing/databases.ts";
import { startTestServer, type TestServer } from "../testing/server.ts";

const SECRET = "a shared secret of at least 32 bytes";
const API = "/api/v1/orcha";

function sign(claims: object): Record<string, string> {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const exp = Math.floor(Date.now() / 1000) + 600;
  const text = `${part({ alg: "HS256", kid: "main" })}.${part({ exp, ...claims })}`;
  const mac = createHmac("sha256", SECRET).update(text).digest("base64url");
  return { authorization: `Bearer ${text}.${mac}` };
}

describeOnEveryEngine("who is asking", (engine) => {
  let server: TestServer;
  let owner: Record<string, string>;
  beforeEach(async () => {
    server = await startTestServer(engine);
    owner = await giveKey(server.database, "*", ["read", "write", "admin"]);
  });
  afterEach(() => server[Symbol.asyncDispose]());

  const admin = async (method: string, path: string, body: object) => {
    const response = await fetch(`${server.url}${API}/admin/${path}`, {
      method,
      headers: { ...owner, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(await response.text());
  };
  /** A tenant whose visitors sign in with tokens of the shared secret. */
  const shop = async (settings: object = {}, mode = "optional") => {
    await admin("POST", "tenants", { id: "shop", settings: { name: "Shop" } });
    await admin("PUT", "secrets/jwt/main?tenant_id=shop", { value: SECRET });
    await admin("PATCH", "tenants/shop", { settings: { ...settings, identity: { mode } } });
    await server.restart(); // settings bind within a second
  };
  const say = (fields: object, headers: Record<string, string> = {}) =>
    server.chat({ text: "Hi", tenant_id: "shop", ...fields }, headers);
  const get = (path: string, headers: Record<string, string>) =>
    fetch(`${server.url}${API}/${path}`, { headers });

  it("is a tenant's own visitor by a token, whose conversations nobody else has", async () => {
    await shop();
    const ada = sign({ sub: "ada" });
    const first = await say({}, ada);
    expect(first).toMatchObject({ status: 200, success: true });
    expect(first.headers.get("x-aura-visitor")).toBeNull();
    const id = first.data.conversation_id;
    expect((await say({ conversation_id: id }, sign({ sub: "ada" }))).success).toBe(true);

    const others = [sign({ sub: "eve" }), { "x-aura-visitor": await server.visitor() }, {}];
    for (const other of others) {
      const refused = await say({ conversation_id: id }, other);
      expect(refused).toMatchObject({ success: false, data: { conversation_id: null } });
      expect(refused.headers.get("x-orcha-error")).toBe("conversation_not_found");
      const path = `conversations/${id}/messages?tenant_id=shop`;
      expect((await get(path, other)).status).toBe(404);
    }
    const own = await get(`conversations/${id}/messages?tenant_id=shop`, ada);
    expect(await own.json()).toMatchObject({ data: { length: 4 } });
  });

  it("takes the token's tenant where the request names none", async () => {
    await shop();
    const token = sign({ sub: "ada", tenant_id: "shop" });
    expect((await server.chat({ text: "Hi" }, token)).success).toBe(true);
    expect((await server.chat({ text: "Hi" }, sign({ sub: "ada" }))).status).toBe(401);
    const foreign = sign({ sub: "ada", tenant_id: "other" });
    expect((await say({}, foreign)).status).toBe(401);
  });

  it("never becomes anonymous by a token that does not verify", async () => {
    await shop();
    const bad = { authorization: "Bearer forged", "x-aura-visitor": await server.visitor() };
    const asked = server.model.requests.length;
    expect(await say({}, bad)).toMatchObject({ status: 401, success: false });
    for (const path of ["conversations/1/messages", "turns/2/events", "me"]) {
      expect((await get(`${path}?tenant_id=shop`, bad)).status, path).toBe(401);
    }
    expect(server.model.requests).toHaveLength(asked);
  });

  it("goes on as somebody new after erasing everything", async () => {
    await shop();
    const ada = sign({ sub: "ada" });
    const first = await say({}, ada);
    const erase = () =>
      fetch(`${server.url}${API}/me?tenant_id=shop`, { method: "DELETE", headers: ada });
    expect(await (await erase()).json()).toMatchObject({ counts: { conversations: 1, users: 1 } });
    expect(await (await erase()).json()).toMatchObject({ counts: { conversations: 0, users: 0 } });
    expect((await say({ conversation_id: first.data.conversation_id }, ada)).success).toBe(false);
    expect((await say({}, ada)).success).toBe(true);
  });

  it("is no other user by a token than the token's own", async () => {
    await shop();
    const refused = await say({ user_id: 1 }, sign({ sub: "ada" }));
    expect(refused).toMatchObject({ status: 403, success: false });
  });

  it("keeps the thread of a visitor who signs in, and takes it from everybody else", async () => {
    await shop();
    const visitor = { "x-aura-visitor": await server.visitor() };
    const { data } = await say({}, visitor);
    const conversation = { conversation_id: data.conversation_id };
    const ada = sign({ sub: "ada" });
    // A token alone takes nobody's conversation.
    expect((await say(conversation, ada)).success).toBe(false);
    expect((await say(conversation, { ...ada, ...visitor })).success).toBe(true);

    expect((await say(conversation, ada)).success).toBe(true);
    expect((await say(conversation, visitor)).success).toBe(false);
    expect((await say(conversation, { ...sign({ sub: "eve" }), ...visitor })).success).toBe(false);
    const prompt = server.model.requests.at(-1)?.messages;
    expect(prompt?.filter(({ role }) => role === "visitor")).toHaveLength(3);
  });

  it("hands the thread over when it is read, too, and before its secret ever came back", async () => {
    await shop();
    const bare = await say({});
    const visitor = { "x-aura-visitor": bare.headers.get("x-aura-visitor") ?? "" };
    const path = `conversations/${bare.data.conversation_id}/messages?tenant_id=shop`;
    expect((await get(path, sign({ sub: "ada" }))).status).toBe(404);
    expect((await get(path, { ...sign({ sub: "ada" }), ...visitor })).status).toBe(200);
    expect((await get(path, visitor)).status).toBe(404);
    expect((await get(path, sign({ sub: "ada" }))).status).toBe(200);
  });

  it("is a server by its secret key, which speaks for any user of its own tenant", async () => {
    await shop();
    const key = await giveKey(server.database, "shop", ["chat"]);
    await admin("POST", "users?tenant_id=shop", { id: 42, name: "Grace" });
    const first = await server.chat({ text: "Hi", user_id: 42 }, key);
    expect(first.success).toBe(true);
    const id = first.data.conversation_id;
    const again = { text: "Hi", user_id: 42, conversation_id: id };
    expect((await server.chat(again, key)).success).toBe(true);
    expect((await server.chat({ ...again, user_id: 1 }, key)).success).toBe(false);
    expect((await get(`conversations/${id}/messages?user_id=42`, key)).status).toBe(200);
    expect((await get(`conversations/${id}/messages`, key)).status).toBe(404);

    const unknown = await server.chat({ text: "Hi", user_id: 43 }, key);
    expect(unknown.headers.get("x-orcha-error")).toBe("user_not_found");
    const elsewhere = await server.chat({ text: "Hi", tenant_id: "external_widget" }, key);
    expect(elsewhere).toMatchObject({ status: 403, success: false });
    const reader = await giveKey(server.database, "shop", ["read"]);
    expect((await server.chat({ text: "Hi" }, reader)).status).toBe(403);
  });

  it("has to sign in where the tenant requires it", async () => {
    await shop({}, "required");
    const refused = await say({}, { "x-aura-visitor": await server.visitor() });
    expect(refused).toMatchObject({ status: 401, message: "Please sign in to chat." });
    expect((await say({}, sign({ sub: "ada" }))).success).toBe(true);
    const key = await giveKey(server.database, "shop", ["chat"]);
    expect((await say({}, key)).success).toBe(true);
  });

  it("comes from a page that the tenant lists, before anything else happens", async () => {
    await shop({ allowed_origins: ["https://*.shop.example"] });
    const asked = server.model.requests.length;
    const refused = await say({}, { origin: "https://evil.example" });
    expect(refused).toMatchObject({ status: 403, success: false });
    expect(refused.headers.get("access-control-allow-origin")).toBe("*");
    expect(refused.headers.get("access-control-allow-credentials")).toBeNull();
    expect(refused.headers.get("x-orcha-error")).toBe("forbidden");
    expect(server.model.requests).toHaveLength(asked);

    const allowed = [{ origin: "https://www.shop.example" }, { origin: server.url }, {}];
    for (const headers of allowed) expect((await say({}, headers)).success).toBe(true);
  });

  it("is nobody by a cookie that another page's request carries along", async () => {
    const token = await server.visitor();
    const cookie = `aura_v=${token}`;
    const first = await server.chat({ text: "Hi" }, { cookie });
    const path = `conversations/${first.data.conversation_id}/messages`;
    expect((await get(path, { cookie })).status).toBe(200);
    expect((await get(path, { cookie, origin: server.url })).status).toBe(200);
    expect((await get(path, { cookie, origin: "https://evil.example" })).status).toBe(404);
  });

  it("learns nothing from a stranger's id: not by the answer, and not by what it costs", async () => {
    await shop();
    const sealed = await say({}, { "x-aura-visitor": await server.visitor() });
    const elsewhere = await server.chat(
      { text: "Hi" },
      { "x-aura-visitor": await server.visitor() },
    );
    const stranger = { "x-aura-visitor": await server.visitor() };
    const ids = [
      sealed.data.conversation_id,
      elsewhere.data.conversation_id,
      4_311_770_212_345_678,
    ];

    const told = [];
    for (const id of ids) {
      const questions = countQuestions(server);
      const { status, headers, ...body } = await say({ conversation_id: id }, stranger);
      const page = await get(`conversations/${id}/messages?tenant_id=shop`, stranger);
      const { request_id, ...problem } = (await page.json()) as { request_id: string };
      expect(request_id).toMatch(/./);
      told.push({ status, code: headers.get("x-orcha-error"), body, problem, asked: questions() });
    }
    expect(told[1]).toEqual(told[0]);
    expect(told[2]).toEqual(told[0]);
  });

  it("cannot be locked out of a new conversation by who has its id alone", async () => {
    const bare = await server.chat({ text: "Hi" });
    const own = { "x-aura-visitor": bare.headers.get("x-aura-visitor") ?? "" };
    const conversation = { text: "Hi", conversation_id: bare.data.conversation_id };
    const stranger = { "x-aura-visitor": await server.visitor() };
    expect((await server.chat(conversation, stranger)).success).toBe(true);
    expect((await server.chat(conversation, own)).success).toBe(true);
    expect((await server.chat(conversation, stranger)).success).toBe(false);
  });
});

/** How many questions the database is asked from now on, until the answer is called. */
function countQuestions({ database }: TestServer): () => number {
  const { reader } = database;
  let asked = 0;
  const { run } = reader;
  reader.run = ((statement: never, values: never) => {
    asked += 1;
    return run.call(reader, statement, values);
  }) as typeof run;
  return () => {
    reader.run = run;
    return asked;
  };
}
