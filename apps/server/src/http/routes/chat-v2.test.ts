import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describeOnEveryEngine } from "../../testing/databases.ts";
import { gate } from "../../testing/gate.ts";
import { fixedRetriever, startTestServer, type TestServer } from "../../testing/server.ts";

const passage = {
  id: "1",
  title: "Returns",
  source: "returns.md",
  url: null,
  text: "Within 30 days.",
  score: 3.2,
  page: null,
  start: 0,
  end: 15,
};

describeOnEveryEngine("chat-v2", (engine) => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startTestServer(engine, { retriever: fixedRetriever([passage]) });
  });
  afterEach(() => server[Symbol.asyncDispose]());

  it("answers with exactly the seed's keys", async () => {
    const response = await fetch(`${server.url}/api/v1/orcha/chat-v2`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ text: "Hello" }),
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      success: true,
      message: "",
      data: { text: "Noted.", conversation_id: expect.any(Number) },
    });
  });

  it("gives contexts exactly when retrieval ran", async () => {
    expect((await server.chat({ text: "Hi" })).data).not.toHaveProperty("contexts");
    expect((await server.chat({ text: "Hi", use_rag: false })).data).not.toHaveProperty("contexts");
    expect((await server.chat({ text: "Hi", use_rag: true })).data.contexts).toEqual([passage]);
    expect(server.model.requests[2]?.system).toContain("Within 30 days.");
  });

  it("shows the model the earlier turns of the same conversation", async () => {
    const first = await server.chat({ text: "I am Ada" });
    await server.chat({ text: "Who am I?", conversation_id: first.data.conversation_id });
    await server.chat({ text: "Alone", conversation_id: null });
    expect(server.model.requests[1]?.messages.map((message) => message.text)).toEqual([
      "I am Ada",
      "Noted.",
      "Who am I?",
    ]);
    expect(server.model.requests[2]?.messages).toHaveLength(1);
  });

  it("takes the conversation id as sessionStorage returns it", async () => {
    const first = await server.chat({ text: "One" });
    const second = await server.chat({
      text: "Two",
      conversation_id: String(first.data.conversation_id),
    });
    expect(second.data.conversation_id).toBe(first.data.conversation_id);
  });

  it("goes on with a conversation after a restart", async () => {
    const first = await server.chat({ text: "I am Ada" });
    await server.restart();
    const second = await server.chat({
      text: "Who am I?",
      conversation_id: first.data.conversation_id,
    });
    expect(second.success).toBe(true);
    expect(server.model.requests[1]?.messages).toHaveLength(3);
  });

  it("keeps what cannot be stored as it came in a form that can", async () => {
    server.model.reply = () => ["a\0b", "\ud83d", "\ude00", "\ud800!"];
    const answer = await server.chat({ text: "nul \0 and \ud800 alone" });
    expect(answer.data.text).toBe("a\uFFFDb😀\uFFFD!");
    expect(server.model.requests[0]?.messages[0]?.text).toBe("nul \uFFFD and \uFFFD alone");
  });

  it("answers the last message again, or an edited one, and leaves the old turn out", async () => {
    const first = await server.chat({ text: "One" });
    const second = await server.chat({ text: "Two", conversation_id: first.data.conversation_id });
    const edited = await server.chat({
      text: "Zwei",
      conversation_id: first.data.conversation_id,
      replace_message_id: Number(second.headers.get("x-orcha-message-id")),
    });
    expect(edited.success).toBe(true);
    await server.chat({ text: "Three", conversation_id: first.data.conversation_id });
    expect(server.model.requests[3]?.messages.map((message) => message.text)).toEqual([
      "One",
      "Noted.",
      "Zwei",
      "Noted.",
      "Three",
    ]);
    const stale = await server.chat({
      text: "Again",
      conversation_id: first.data.conversation_id,
      replace_message_id: Number(first.headers.get("x-orcha-message-id")),
    });
    expect(stale).toMatchObject({ success: false, message: expect.stringContaining("last turn") });
  });

  it("shows the model what the page says of itself", async () => {
    await server.chat({ text: "Hi", context: { title: "Pricing", data: { plan: "pro" } } });
    expect(server.model.requests[0]?.system).toContain('"plan":"pro"');
  });

  it("lets a second message of a conversation wait for the first", async () => {
    const first = await server.chat({ text: "One" });
    const held = gate();
    const asked = gate();
    server.model.reply = async function* (request) {
      if (request.messages.at(-1)?.text === "Two") {
        asked.open();
        await held.opened;
      }
      yield "Done.";
    };
    const conversation_id = first.data.conversation_id;
    const second = server.chat({ text: "Two", conversation_id });
    await asked.opened;
    const third = server.chat({ text: "Three", conversation_id });
    held.open();
    expect((await second).success).toBe(true);
    expect((await third).success).toBe(true);
    expect(server.model.requests[2]?.messages.map((message) => message.text)).toEqual([
      "One",
      "Noted.",
      "Two",
      "Done.",
      "Three",
    ]);
  });

  describe("failures", () => {
    it("tells the visitor in status 200 what the visitor or the page's author can act on", async () => {
      const cases: [unknown, string][] = [
        [{}, "invalid_request"],
        [{ text: "   " }, "invalid_request"],
        [{ text: 5 }, "invalid_request"],
        [{ text: "x".repeat(8001) }, "text_too_long"],
        [{ text: "Hi", conversation_id: 12.5 }, "invalid_request"],
        [{ text: "Hi", conversation_id: -1 }, "invalid_request"],
        [{ text: "Hi", conversation_id: 123 }, "conversation_not_found"],
        [{ text: "Hi", user_id: 99 }, "user_not_found"],
        [{ text: "Hi", tenant_id: "" }, "invalid_request"],
        [{ text: "Hi", tenant_id: "x".repeat(101) }, "invalid_request"],
        [{ text: "Hi", use_rag: "yes" }, "invalid_request"],
        [{ text: "Hi", context: { data: { big: "x".repeat(3000) } } }, "invalid_request"],
        [{ text: "Hi", replace_message_id: 5 }, "invalid_request"],
      ];
      for (const [body, code] of cases) {
        const answer = await server.chat(body);
        expect([answer.status, answer.headers.get("x-orcha-error")]).toEqual([200, code]);
        expect(answer).toMatchObject({ success: false, data: { text: "", conversation_id: null } });
        expect(answer.message).toMatch(/^[A-Z].*\.$|^[a-z_]+ must .*\.$/);
      }
      expect(server.model.requests).toEqual([]);
    });

    it("counts characters as code points, after trimming", async () => {
      expect((await server.chat({ text: `  ${"😀".repeat(8000)}  ` })).success).toBe(true);
      expect((await server.chat({ text: "😀".repeat(8001) })).success).toBe(false);
    });

    it("refuses bytes that are no JSON request with their own statuses, in the same form", async () => {
      const post = (body: string, headers: Record<string, string>, method = "POST") =>
        fetch(`${server.url}/api/v1/orcha/chat-v2`, { method, headers, body });
      const json = { "content-type": "application/json" };
      const cases: [Response, number][] = [
        [await post("{", json), 400],
        [await post("[]", json), 400],
        [await post('"text"', json), 400],
        [await post("{}", { "content-type": "text/plain" }), 415],
        [await post(JSON.stringify({ text: "x".repeat(300_000) }), json), 413],
        [await post("{}", json, "PUT"), 405],
        [await post('{"text":"Hi"}', { ...json, authorization: "Bearer x" }), 401],
      ];
      for (const [response, status] of cases) {
        expect(response.status).toBe(status);
        expect(await response.json()).toMatchObject({
          success: false,
          data: { text: "", conversation_id: null },
        });
      }
    });

    it("ignores credentials of other schemes", async () => {
      expect((await server.chat({ text: "Hi" }, { authorization: "Basic abc" })).success).toBe(
        true,
      );
    });

    it("keeps a failed turn's text out of the history and lets the visitor send again", async () => {
      const first = await server.chat({ text: "One" });
      const conversation_id = first.data.conversation_id;
      server.model.reply = () => {
        throw new Error("secret of the provider");
      };
      const failed = await server.chat({ text: "Two", conversation_id });
      expect(failed).toMatchObject({ success: false, status: 500, data: { conversation_id } });
      expect(JSON.stringify(failed)).not.toContain("secret of the provider");
      server.model.reply = () => ["Better."];
      await server.chat({ text: "Two again", conversation_id });
      expect(server.model.requests[2]?.messages.map((message) => message.text)).toEqual([
        "One",
        "Noted.",
        "Two again",
      ]);
    });
  });

  it("says 503 while its database is away, keeps nothing half-way, and recovers by itself", async () => {
    const giveBack = await server.loseDatabase();
    const answer = await server.chat({ text: "Hi" });
    await giveBack();
    expect(answer).toMatchObject({ status: 503, success: false });
    expect(answer.headers.get("x-orcha-error")).toBe("unavailable");
    expect((await server.chat({ text: "Hi" })).success).toBe(true);
    expect(server.model.requests).toHaveLength(1);
  });

  it("replaces a failed turn, so that the record holds the question once", async () => {
    const visitor = { "x-aura-visitor": await server.visitor() };
    server.model.reply = () => {
      throw new Error("away");
    };
    const failed = await server.chat({ text: "One" }, visitor);
    const { conversation_id } = failed.data;
    server.model.reply = () => ["Noted."];
    await server.chat(
      {
        text: "One",
        conversation_id,
        replace_message_id: Number(failed.headers.get("x-orcha-message-id")),
      },
      visitor,
    );
    const { data } = await server.messages(conversation_id, visitor["x-aura-visitor"]);
    expect(data.map(({ text, status }) => [text, status])).toEqual([
      ["One", "done"],
      ["Noted.", "done"],
    ]);
  });

  it("can replace a turn again whose replacement failed, and keeps only the one that worked", async () => {
    const visitor = { "x-aura-visitor": await server.visitor() };
    const first = await server.chat({ text: "One" }, visitor);
    const { conversation_id } = first.data;
    const again = { text: "One", conversation_id };
    const replace = (answer: { headers: Headers }) => ({
      ...again,
      replace_message_id: Number(answer.headers.get("x-orcha-message-id")),
    });
    server.model.reply = () => {
      throw new Error("away");
    };
    const failed = await server.chat(replace(first), visitor);
    const failedToo = await server.chat(replace(first), visitor);
    server.model.reply = () => ["Better."];
    const worked = await server.chat(replace(failedToo), visitor);
    expect([failed, failedToo, worked].map(({ success }) => success)).toEqual([false, false, true]);
    expect(server.model.requests.at(-1)?.messages).toHaveLength(1);
    const { data } = await server.messages(conversation_id, visitor["x-aura-visitor"]);
    expect(data.map(({ text }) => text)).toEqual(["One", "Better."]);
  });

  it("refuses a body that is nested too deeply instead of following it", async () => {
    const deep = `{"text":"Hi","context":{"data":{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}}}`;
    const response = await fetch(`${server.url}/api/v1/orcha/chat-v2`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: deep,
    });
    expect(response.status).toBe(200);
    expect(response.headers.get("x-orcha-error")).toBe("invalid_request");
  });

  describe("conversation ids", () => {
    it("are random, so that one tells nothing of another", async () => {
      const ids: number[] = [];
      for (let count = 0; count < 20; count++) {
        ids.push(Number((await server.chat({ text: "Hi" })).data.conversation_id));
      }
      expect(new Set(ids).size).toBe(20);
      expect(ids.toSorted((a, b) => a - b)).not.toEqual(ids);
      expect(Math.max(...ids)).toBeGreaterThan(2 ** 45);
    });

    it("belong to the visitor secret that was handed out, from the moment it comes back", async () => {
      const first = await server.chat({ text: "One" });
      const visitor = { "x-aura-visitor": String(first.headers.get("x-aura-visitor")) };
      const conversation_id = first.data.conversation_id;
      const byId = await server.chat({ text: "by id alone", conversation_id });
      expect(byId.success).toBe(true);
      expect(byId.headers.get("x-aura-visitor")).toBeNull();

      const mine = await server.chat({ text: "with the secret", conversation_id }, visitor);
      expect(mine.success).toBe(true);
      const stranger = await server.chat({ text: "by id alone", conversation_id });
      const other = await server.chat({ text: "Hi" });
      const another = { "x-aura-visitor": String(other.headers.get("x-aura-visitor")) };
      const foreign = await server.chat({ text: "another secret", conversation_id }, another);
      const missing = await server.chat({ text: "nothing", conversation_id: 4 });
      for (const answer of [stranger, foreign, missing]) {
        expect(answer.headers.get("x-orcha-error")).toBe("conversation_not_found");
        expect(answer.message).toBe(missing.message);
        expect(answer.data).toEqual({ text: "", conversation_id: null });
      }
    });

    it("are sealed at birth to the secret that the request carried", async () => {
      const visitor = await server.visitor();
      const first = await server.chat({ text: "One" }, { "x-aura-visitor": visitor });
      expect(first.headers.get("x-aura-visitor")).toBeNull();
      const conversation_id = first.data.conversation_id;
      expect((await server.chat({ text: "Two", conversation_id })).success).toBe(false);
    });

    it("replace a forged secret by a new one instead of refusing it", async () => {
      const answer = await server.chat({ text: "One" }, { "x-aura-visitor": "v1.forged.secret" });
      expect(answer.success).toBe(true);
      expect(answer.headers.get("x-aura-visitor")).toMatch(/^v1\./);
    });

    it("are apart for each label and user", async () => {
      const partner = await server.chat({ text: "Hi", tenant_id: "partner_xyz" });
      const conversation_id = partner.data.conversation_id;
      expect((await server.chat({ text: "Hi", conversation_id })).success).toBe(false);
      expect(
        (await server.chat({ text: "Hi", conversation_id, tenant_id: "partner_xyz" })).success,
      ).toBe(true);
    });
  });

  it("answers pages of any origin and never with another origin's cookies", async () => {
    const preflight = await fetch(`${server.url}/api/v1/orcha/chat-v2`, {
      method: "OPTIONS",
      headers: {
        origin: "https://shop.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,x-aura-visitor",
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
    expect(preflight.headers.get("access-control-allow-headers")).toContain("x-aura-visitor");
    const answer = await server.chat({ text: "Hi" }, { origin: "https://shop.example" });
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
    expect(answer.headers.get("access-control-expose-headers")).toContain("X-Aura-Visitor");
    expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
  });
});
