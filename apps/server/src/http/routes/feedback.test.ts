import {
  conversationDetailSchema,
  erasureReceiptSchema,
  feedbackResponseSchema,
  type Message,
  subjectExportSchema,
} from "@orcha/contract";
import { afterEach, beforeEach, expect, it } from "vitest";
import { giveKey, signIn } from "../../privacy/testing/credentials.ts";
import { describeOnEveryEngine } from "../../testing/databases.ts";
import { type ChatResult, startTestServer, type TestServer } from "../../testing/server.ts";

const TENANT = "external_widget";
type Headers = Record<string, string>;

describeOnEveryEngine("feedback on answers", (engine) => {
  let server: TestServer;
  let tokenOf: (subject: string) => Promise<Headers>;
  let ada: Headers;
  beforeEach(async () => {
    server = await startTestServer(engine);
    tokenOf = await signIn(server.database, TENANT);
    ada = { "x-aura-visitor": await server.visitor() };
  });
  afterEach(() => server[Symbol.asyncDispose]());

  const ask = (id: unknown, body: unknown, headers: Headers, query = "") =>
    fetch(`${server.url}/api/v1/orcha/messages/${id}/feedback${query}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  async function give(id: number, body: unknown, headers: Headers, query = "") {
    const response = await ask(id, body, headers, query);
    expect(response.status).toBe(200);
    return feedbackResponseSchema.strict().parse(await response.json());
  }
  const answerOf = ({ headers }: ChatResult) => Number(headers.get("x-orcha-message-id"));
  const transcript = async ({ data }: ChatResult, headers: Headers): Promise<Message[]> =>
    (await server.messages(data.conversation_id, String(headers["x-aura-visitor"]))).data;
  const stored = () => {
    const { reader } = server.database;
    return reader.query("*", reader.builder.selectFrom("feedback").selectAll());
  };

  it("is kept, changed and taken back by the owner, and stands in the transcript", async () => {
    const first = await server.chat({ text: "Hi" }, ada);
    const id = answerOf(first);
    const comment = "It is \u0000 wrong.";
    expect(await give(id, { rating: "down", comment: ` ${comment} ` }, ada)).toEqual({
      message_id: id,
      rating: "down",
      comment: "It is \uFFFD wrong.",
    });
    const [question, answer] = await transcript(first, ada);
    expect(question).not.toHaveProperty("feedback");
    expect(answer?.feedback).toEqual({ rating: "down", comment: "It is \uFFFD wrong." });
    expect(await give(id, { rating: "up", comment: " " }, ada)).toMatchObject({ comment: null });
    expect((await transcript(first, ada))[1]?.feedback).toEqual({ rating: "up", comment: null });
    expect(await stored()).toHaveLength(1);
    expect(await give(id, { rating: null, comment: "Ignored" }, ada)).toEqual({
      message_id: id,
      rating: null,
      comment: null,
    });
    expect((await transcript(first, ada))[1]?.feedback).toBeNull();
    expect(await stored()).toEqual([]);
  });

  it("refuses what is no feedback, and feedback on what the visitor said", async () => {
    const first = await server.chat({ text: "Hi" }, ada);
    const long = "\u{1F600}".repeat(2000);
    expect((await give(answerOf(first), { rating: "up", comment: long }, ada)).comment).toBe(long);
    for (const body of [
      {},
      { rating: "good" },
      { rating: "up", comment: `${long}a` },
      { rating: 1 },
    ]) {
      expect((await ask(answerOf(first), body, ada)).status).toBe(400);
    }
    const [question] = await transcript(first, ada);
    expect((await ask(question?.id, { rating: "up" }, ada)).status).toBe(400);
  });

  it("does not exist for anybody but the owner, by whatever id", async () => {
    const first = await server.chat({ text: "Hi" }, ada);
    const unsealed = answerOf(await server.chat({ text: "Hi" }));
    const labelled = answerOf(await server.chat({ text: "Hi", tenant_id: "partner" }, ada));
    const bob = { "x-aura-visitor": await server.visitor() };
    const key = await giveKey(server.database, TENANT, ["chat"]);
    const attempts: readonly (readonly [unknown, Headers])[] = [
      [answerOf(first), bob],
      [answerOf(first), {}],
      [answerOf(first), key],
      [unsealed, bob],
      [unsealed, {}],
      [labelled, ada],
      [77, ada],
      ["nonsense", ada],
    ];
    const bodies = new Set<string>();
    for (const [id, headers] of attempts) {
      const response = await ask(id, { rating: "up" }, headers);
      expect(response.status).toBe(404);
      bodies.add((await response.text()).replace(/"request_id":"[^"]+"/, ""));
    }
    expect(bodies.size).toBe(1);
    expect(await stored()).toEqual([]);
    await give(labelled, { rating: "up" }, ada, "?tenant_id=partner");
  });

  it("is given by who signed in on what was answered before, and by a server for its user", async () => {
    const first = await server.chat({ text: "Before" }, ada);
    const token = { ...(await tokenOf("ada@example.com")), ...ada };
    await give(answerOf(first), { rating: "up" }, token);
    expect((await ask(answerOf(first), { rating: "down" }, ada)).status).toBe(404);
    const key = await giveKey(server.database, TENANT, ["chat"]);
    const served = answerOf(await server.chat({ text: "Hi" }, key));
    await give(served, { rating: "up" }, key, "?user_id=1");
    expect((await ask(served, { rating: "up" }, key, "?user_id=2")).status).toBe(404);
  });

  it("is about what the visitor sees: not about an answer that was replaced", async () => {
    const first = await server.chat({ text: "Hi" }, ada);
    await give(answerOf(first), { rating: "down" }, ada);
    const { conversation_id } = first.data;
    const again = { text: "Hi", conversation_id, replace_message_id: answerOf(first) };
    const second = await server.chat(again, ada);
    expect((await ask(answerOf(first), { rating: "up" }, ada)).status).toBe(404);
    await give(answerOf(second), { rating: "up" }, ada);
    const reader = await giveKey(server.database, TENANT, ["read"]);
    const url = `${server.url}/api/v1/orcha/admin/conversations/${conversation_id}`;
    const response = await fetch(url, { headers: reader });
    const { data } = conversationDetailSchema.parse(await response.json());
    expect(data.map(({ feedback }) => feedback)).toEqual([
      undefined,
      { rating: "down", comment: null },
      undefined,
      { rating: "up", comment: null },
    ]);
  });

  it("is exported to its owner, and goes with the conversation", async () => {
    const first = await server.chat({ text: "Hi" }, ada);
    await give(answerOf(first), { rating: "up", comment: "Thanks" }, ada);
    const me = `${server.url}/api/v1/orcha/me`;
    const exported = await (await fetch(me, { headers: ada })).json();
    const [conversation] = subjectExportSchema.parse(exported).conversations;
    expect(conversation?.turns[0]?.messages[1]?.feedback).toMatchObject({
      rating: "up",
      comment: "Thanks",
    });
    const erased = await (await fetch(me, { method: "DELETE", headers: ada })).json();
    expect(erasureReceiptSchema.parse(erased).counts.feedback).toBe(1);
    expect(await stored()).toEqual([]);
    expect((await ask(answerOf(first), { rating: "up" }, ada)).status).toBe(404);
  });
});
