import {
  type ConversationDetail,
  type ConversationPage,
  conversationDetailSchema,
  conversationPageSchema,
  conversationRecordSchema,
  erasureReceiptSchema,
} from "@orcha/contract";
import { afterEach, beforeEach, expect, it } from "vitest";
import { giveKey } from "../../privacy/testing/credentials.ts";
import { describeOnEveryEngine } from "../../testing/databases.ts";
import { startTestServer, type TestServer } from "../../testing/server.ts";

const TENANT = "external_widget";
type Headers = Record<string, string>;

describeOnEveryEngine("conversations for operators", (engine) => {
  let server: TestServer;
  let reader: Headers;
  let editor: Headers;
  beforeEach(async () => {
    server = await startTestServer(engine);
    reader = await giveKey(server.database, TENANT, ["read"]);
    editor = await giveKey(server.database, TENANT, ["read", "write"]);
  });
  afterEach(() => server[Symbol.asyncDispose]());

  const ask = (path: string, headers: Headers = reader, method = "GET") =>
    fetch(`${server.url}/api/v1/orcha/admin/conversations${path}`, { method, headers });
  async function list(query = ""): Promise<ConversationPage> {
    const response = await ask(query);
    expect(response.status).toBe(200);
    return conversationPageSchema.strict().parse(await response.json());
  }
  async function show(id: unknown, query = ""): Promise<ConversationDetail> {
    const response = await ask(`/${id}${query}`);
    expect(response.status).toBe(200);
    return conversationDetailSchema.strict().parse(await response.json());
  }
  const audit = async () => {
    const { builder } = server.database.reader;
    const rows = await server.database.reader.query(
      "*",
      builder.selectFrom("audit_log").select(["action", "target", "detail", "actor_kind"]),
    );
    return rows.filter(({ action }) => action !== "test.prepare");
  };
  const idsOf = ({ data }: ConversationPage) => data.map(({ id }) => id);

  it("lists them by pages, the newest first", async () => {
    const ids: (number | null)[] = [];
    for (const text of ["one", "two", "three"]) {
      ids.push((await server.chat({ text })).data.conversation_id);
    }
    const first = await list("?limit=2");
    expect(idsOf(first)).toEqual([ids[2], ids[1]]);
    expect(first.data[0]).toMatchObject({
      label: "",
      user_id: 1,
      user_verified: false,
      owner: null,
      messages: 2,
      last_message: { role: "assistant", text: "Noted." },
      input_tokens: 7,
      output_tokens: 3,
    });
    const second = await list(`?limit=2&cursor=${first.next_cursor}`);
    expect(idsOf(second)).toEqual([ids[0]]);
    expect(second.next_cursor).toBeNull();
  });

  it("filters by label, user, time and text", async () => {
    const plain = (await server.chat({ text: "Where is my parcel?" })).data.conversation_id;
    const partner = (await server.chat({ text: "Hi", tenant_id: "partner" })).data.conversation_id;
    expect(idsOf(await list("?label=partner"))).toEqual([partner]);
    expect(idsOf(await list("?tenant_id=partner"))).toEqual([partner]);
    expect(idsOf(await list("?label="))).toEqual([plain]);
    expect(idsOf(await list("?q=PARCEL"))).toEqual([plain]);
    expect(idsOf(await list("?user_id=1")).sort()).toEqual([plain, partner].sort());
    expect(idsOf(await list("?user_id=2"))).toEqual([]);
    expect(idsOf(await list("?from=2100-01-01"))).toEqual([]);
    expect(idsOf(await list("?to=2100-01-01T00:00:00Z"))).toHaveLength(2);
  });

  it("refuses a filter that is none", async () => {
    for (const query of [
      "from=x",
      "to=2026-13-01",
      "user_id=-1",
      "q=a",
      "cursor=x",
      "cursor=1.0",
      "limit=0",
    ]) {
      expect((await ask(`?${query}`)).status).toBe(400);
    }
    expect((await ask(`?q=${"x".repeat(201)}`)).status).toBe(400);
    expect((await ask(`?label=${"x".repeat(101)}`)).status).toBe(400);
  });

  it("shows one with all its messages, also those that were replaced", async () => {
    const first = await server.chat({ text: "Wrong" });
    const { conversation_id } = first.data;
    await server.chat({
      text: "Right",
      conversation_id,
      replace_message_id: Number(first.headers.get("x-orcha-message-id")),
    });
    const { conversation, data, next_cursor } = await show(conversation_id);
    expect(conversation).toMatchObject({ id: conversation_id, messages: 4 });
    expect(data.map(({ text, replaced }) => [text, replaced])).toEqual([
      ["Wrong", true],
      ["Noted.", true],
      ["Right", false],
      ["Noted.", false],
    ]);
    expect(next_cursor).toBeNull();
    const latest = await show(conversation_id, "?limit=1");
    expect(latest.data.map(({ text }) => text)).toEqual(["Noted."]);
    const earlier = await show(conversation_id, `?limit=200&cursor=${latest.next_cursor}`);
    expect(earlier.data).toHaveLength(3);
  });

  it("does not find what does not exist, or stands under another label", async () => {
    const { conversation_id } = (await server.chat({ text: "Hi" })).data;
    for (const path of ["/77", "/x", `/${conversation_id}?tenant_id=partner`]) {
      expect((await ask(path)).status).toBe(404);
      expect((await ask(path, editor, "DELETE")).status).toBe(404);
    }
    expect((await show(conversation_id)).data).toHaveLength(2);
  });

  it("exports them as lines, and the audit log tells who did, not what for", async () => {
    await server.chat({ text: "one secret" });
    await server.chat({ text: "two" });
    const response = await ask("/export?q=secret");
    expect(response.headers.get("content-type")).toBe("application/x-ndjson; charset=UTF-8");
    const lines = (await response.text()).trimEnd().split("\n");
    const [record, ...more] = lines.map((line) =>
      conversationRecordSchema.strict().parse(JSON.parse(line)),
    );
    expect(more).toEqual([]);
    expect(record?.turns[0]?.messages.map(({ text }) => text)).toEqual(["one secret", "Noted."]);
    expect((await (await ask("/export")).text()).trimEnd().split("\n")).toHaveLength(2);
    const entries = await audit();
    expect(entries).toHaveLength(2);
    expect(entries[0]).toMatchObject({ action: "conversations.export", actor_kind: "key" });
    expect(JSON.stringify(entries)).not.toContain("secret");
  });

  it("erases one for who may write, with a receipt and an entry in the audit log", async () => {
    const { conversation_id } = (await server.chat({ text: "Hi" })).data;
    expect((await ask(`/${conversation_id}`, reader, "DELETE")).status).toBe(403);
    const response = await ask(`/${conversation_id}`, editor, "DELETE");
    const receipt = erasureReceiptSchema.strict().parse(await response.json());
    expect(receipt.counts).toMatchObject({ conversations: 1, turns: 1, messages: 2 });
    expect((await ask(`/${conversation_id}`)).status).toBe(404);
    expect(await audit()).toMatchObject([
      { action: "conversation.erase", target: String(conversation_id) },
    ]);
  });

  it("is for operators and servers of that tenant only", async () => {
    const chatKey = await giveKey(server.database, TENANT, ["chat"]);
    for (const path of ["", "/1", "/export"]) {
      expect((await ask(path, {})).status).toBe(401);
      expect((await ask(path, chatKey)).status).toBe(403);
    }
  });

  it("insists on one tenant", async () => {
    const installation = await giveKey(server.database, "*", ["read", "write"]);
    for (const path of ["", "/1", "/export"]) {
      expect((await ask(path, installation)).status).toBe(400);
      expect((await ask(`${path}?tenant_id=${TENANT}`, installation)).status).not.toBe(400);
    }
  });
});
