import {
  type ErasureReceipt,
  erasureReceiptSchema,
  type OwnConversation,
  type OwnConversationPage,
  ownConversationPageSchema,
  ownConversationSchema,
} from "@orcha/contract";
import { afterEach, beforeEach, expect, it } from "vitest";
import { giveKey, signIn } from "../../privacy/testing/credentials.ts";
import { describeOnEveryEngine } from "../../testing/databases.ts";
import { gate } from "../../testing/gate.ts";
import { startTestServer, type TestServer } from "../../testing/server.ts";

const TENANT = "external_widget";
type Headers = Record<string, string>;

describeOnEveryEngine("a visitor's list of conversations", (engine) => {
  let server: TestServer;
  let tokenOf: (subject: string) => Promise<Headers>;
  let ada: Headers;
  let bob: Headers;
  beforeEach(async () => {
    server = await startTestServer(engine);
    tokenOf = await signIn(server.database, TENANT);
    ada = { "x-aura-visitor": await server.visitor() };
    bob = { "x-aura-visitor": await server.visitor() };
  });
  afterEach(() => server[Symbol.asyncDispose]());

  const ask = (path: string, headers: Headers, method = "GET", body?: unknown) =>
    fetch(`${server.url}/api/v1/orcha/conversations${path}`, {
      method,
      headers: { ...headers, ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  async function list(headers: Headers, query = ""): Promise<OwnConversationPage> {
    const response = await ask(query, headers);
    expect(response.status).toBe(200);
    return ownConversationPageSchema.strict().parse(await response.json());
  }
  const titles = async (headers: Headers, query = "") =>
    (await list(headers, query)).data.map(({ title }) => title);
  async function say(text: string, headers: Headers, more: object = {}): Promise<number> {
    const { data } = await server.chat({ text, ...more }, headers);
    return data.conversation_id ?? 0;
  }
  async function rename(id: number, title: unknown, headers: Headers): Promise<OwnConversation> {
    const response = await ask(`/${id}`, headers, "PATCH", { title });
    expect(response.status).toBe(200);
    return ownConversationSchema.strict().parse(await response.json());
  }
  async function erase(id: number, headers: Headers, query = ""): Promise<ErasureReceipt> {
    const response = await ask(`/${id}${query}`, headers, "DELETE");
    expect(response.status).toBe(200);
    return erasureReceiptSchema.strict().parse(await response.json());
  }

  it("shows the owner's own, the latest activity first, page by page", async () => {
    const first = await say("First", ada);
    await say("Second", ada);
    await say("Of somebody else", bob);
    await say("Third", ada);
    await say("Again", ada, { conversation_id: first });
    const page = await list(ada, "?limit=2");
    expect(page.data.map(({ title }) => title)).toEqual(["First", "Third"]);
    expect(await titles(ada, `?limit=2&cursor=${page.next_cursor}`)).toEqual(["Second"]);
    expect((await list(ada)).next_cursor).toBeNull();
  });

  it("is empty for callers who prove nothing, and refuses a forged token", async () => {
    await say("Hi", {});
    expect(await titles({})).toEqual([]);
    expect(await titles({ "x-aura-visitor": "v1.forged.secret" })).toEqual([]);
    expect((await ask("", { authorization: "Bearer nonsense" })).status).toBe(401);
  });

  it("keeps labels apart, and shows what was begun without a secret to who brings it back", async () => {
    await say("At home", ada);
    await say("At a partner", ada, { tenant_id: "partner" });
    expect(await titles(ada)).toEqual(["At home"]);
    expect(await titles(ada, "?tenant_id=partner")).toEqual(["At a partner"]);
    const first = await server.chat({ text: "Hi" });
    const offered = { "x-aura-visitor": String(first.headers.get("x-aura-visitor")) };
    expect(await titles(offered)).toEqual(["Hi"]);
  });

  it("shows a signed-in visitor what the secret beside the token owns, too", async () => {
    await say("Before", ada);
    const token = await tokenOf("ada@example.com");
    const id = await say("After", token);
    expect(await titles(token)).toEqual(["After"]);
    expect(await titles({ ...token, ...ada })).toEqual(["After", "Before"]);
    expect(await titles({ ...(await tokenOf("bob@example.com")), ...bob })).toEqual([]);
    const before = (await list(ada)).data[0]?.id ?? 0;
    expect((await rename(before, "Taken along", { ...token, ...ada })).title).toBe("Taken along");
    expect(await titles(ada)).toEqual([]);
    expect((await erase(id, token)).counts.conversations).toBe(1);
    expect(await titles(token)).toEqual(["Taken along"]);
  });

  it("shows a server the conversations of the user that it means", async () => {
    const key = await giveKey(server.database, TENANT, ["chat"]);
    const id = await say("For the default user", key);
    expect(await titles(key)).toEqual(["For the default user"]);
    expect(await titles(key, "?user_id=1")).toEqual(["For the default user"]);
    expect(await titles(key, "?user_id=2")).toEqual([]);
    expect((await ask(`/${id}?user_id=2`, key, "DELETE")).status).toBe(404);
    expect((await erase(id, key, "?user_id=1")).counts.conversations).toBe(1);
  });

  it("finds a text in titles and messages", async () => {
    server.model.reply = () => ["Within thirty days."];
    const id = await say("How do I return it?", ada);
    await rename(id, "My Order", ada);
    server.model.reply = () => ["Noted."];
    await say("Something else", ada);
    for (const text of ["RETURN it", "thirty", "my%20order"]) {
      expect(await titles(ada, `?q=${text}`)).toEqual(["My Order"]);
    }
    expect(await titles(bob, "?q=return")).toEqual([]);
    for (const query of [`?q=${"a".repeat(201)}`, "?limit=0", "?cursor=x", "?cursor=1.x"]) {
      expect((await ask(query, ada)).status).toBe(400);
    }
  });

  it("gives a conversation another name, and its first one back", async () => {
    const id = await say("How do I return it?", ada);
    await say("Later", ada);
    expect(await rename(id, " My\n order ", ada)).toMatchObject({ id, title: "My order" });
    expect(await titles(ada)).toEqual(["Later", "My order"]);
    expect((await rename(id, null, ada)).title).toBe("How do I return it?");
    for (const title of ["", " ", "a".repeat(101), 5, undefined]) {
      expect((await ask(`/${id}`, ada, "PATCH", { title })).status).toBe(400);
    }
    expect((await ask(`/${id}`, ada, "PATCH")).status).toBe(415);
  });

  it("lets nobody else name or erase a conversation, by whatever id", async () => {
    const sealed = await say("Sealed", ada);
    const unsealed = await say("Unsealed", {});
    const labelled = await say("Labelled", ada, { tenant_id: "partner" });
    const attempts: readonly (readonly [unknown, Headers])[] = [
      [sealed, bob],
      [sealed, {}],
      [unsealed, bob],
      [unsealed, {}],
      [labelled, ada],
      [77, ada],
      ["nonsense", ada],
    ];
    const bodies = new Set<string>();
    for (const [id, headers] of attempts) {
      for (const method of ["PATCH", "DELETE"]) {
        const body = method === "PATCH" ? { title: "Mine" } : undefined;
        const response = await ask(`/${id}`, headers, method, body);
        expect(response.status).toBe(404);
        bodies.add((await response.text()).replace(/"request_id":"[^"]+"/, ""));
      }
    }
    expect(bodies.size).toBe(1);
    expect(await titles(ada)).toEqual(["Sealed"]);
    expect(await titles(ada, "?tenant_id=partner")).toEqual(["Labelled"]);
  });

  it("erases one conversation wholly, with a receipt, once", async () => {
    const id = await say("Forget this", ada);
    await say("Keep this", ada);
    const receipt = await erase(id, ada);
    expect(receipt.receipt_id).toBeGreaterThan(0);
    expect(receipt.counts).toMatchObject({ conversations: 1, turns: 1, messages: 2, users: 0 });
    expect(await titles(ada)).toEqual(["Keep this"]);
    expect((await ask(`/${id}`, ada, "DELETE")).status).toBe(404);
    expect((await server.chat({ text: "Again", conversation_id: id }, ada)).success).toBe(false);
  });

  it("erases in the middle of an answer, and nothing brings it back", async () => {
    const begun = gate();
    const rest = gate();
    server.model.reply = async function* () {
      yield "The beginning";
      begun.open();
      await rest.opened;
      yield " and the end.";
    };
    const answer = server.stream({ text: "Tell me" }, ada);
    await begun.opened;
    const id = (await list(ada)).data[0]?.id ?? 0;
    expect((await erase(id, ada)).counts).toMatchObject({ conversations: 1, turns: 1 });
    rest.open();
    expect((await answer).events.at(-1)?.event).toBe("turn-error");
    expect(await titles(ada)).toEqual([]);
    const { reader } = server.database;
    for (const table of ["conversations", "turns", "messages", "turn_pieces"] as const) {
      expect(await reader.query("*", reader.builder.selectFrom(table).selectAll())).toEqual([]);
    }
  });
});
