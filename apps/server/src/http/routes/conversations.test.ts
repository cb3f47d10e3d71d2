import { afterEach, beforeEach, expect, it } from "vitest";
import { describeOnEveryEngine } from "../../testing/databases.ts";
import { startTestServer, type TestServer } from "../../testing/server.ts";

describeOnEveryEngine("transcript", (engine) => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startTestServer(engine);
  });
  afterEach(() => server[Symbol.asyncDispose]());

  async function conversation(turns: number, headers: Record<string, string>, more = {}) {
    let conversation_id: number | null = null;
    for (let turn = 1; turn <= turns; turn++) {
      const answer = await server.chat(
        { text: `Question ${turn}`, conversation_id, ...more },
        headers,
      );
      conversation_id = answer.data.conversation_id;
    }
    return conversation_id;
  }

  it("is there again for its owner, in order, also after a restart", async () => {
    const visitor = await server.visitor();
    const id = await conversation(2, { "x-aura-visitor": visitor });
    await server.restart();
    const { data, next_cursor } = await server.messages(id, visitor);
    expect(data.map(({ role, text, status }) => [role, text, status])).toEqual([
      ["visitor", "Question 1", "done"],
      ["assistant", "Noted.", "done"],
      ["visitor", "Question 2", "done"],
      ["assistant", "Noted.", "done"],
    ]);
    expect(next_cursor).toBeNull();
  });

  it("pages from the latest back to the first", async () => {
    const visitor = await server.visitor();
    const id = await conversation(3, { "x-aura-visitor": visitor });
    const latest = await server.messages(id, visitor, "?limit=4");
    expect(latest.data.map(({ text }) => text)).toEqual([
      "Question 2",
      "Noted.",
      "Question 3",
      "Noted.",
    ]);
    const earlier = await server.messages(id, visitor, `?limit=4&cursor=${latest.next_cursor}`);
    expect(earlier.data.map(({ text }) => text)).toEqual(["Question 1", "Noted."]);
    expect(earlier.next_cursor).toBeNull();
  });

  it("shows a replaced turn to nobody", async () => {
    const visitor = await server.visitor();
    const headers = { "x-aura-visitor": visitor };
    const first = await server.chat({ text: "Wrong" }, headers);
    await server.chat(
      {
        text: "Right",
        conversation_id: first.data.conversation_id,
        replace_message_id: Number(first.headers.get("x-orcha-message-id")),
      },
      headers,
    );
    const { data } = await server.messages(first.data.conversation_id, visitor);
    expect(data.map(({ text }) => text)).toEqual(["Right", "Noted."]);
  });

  it("can be read by the secret that was handed out with the conversation", async () => {
    const first = await server.chat({ text: "Hi" });
    const visitor = String(first.headers.get("x-aura-visitor"));
    expect((await server.messages(first.data.conversation_id, visitor)).data).toHaveLength(2);
  });

  it("belongs to that secret from then on", async () => {
    const first = await server.chat({ text: "Hi" });
    const { conversation_id } = first.data;
    await server.messages(conversation_id, String(first.headers.get("x-aura-visitor")));
    expect((await server.chat({ text: "By id alone", conversation_id })).success).toBe(false);
  });

  it("does not exist for anybody else, by whatever id", async () => {
    const visitor = await server.visitor();
    const headers = { "x-aura-visitor": visitor };
    const sealed = await conversation(1, headers);
    const unsealed = (await server.chat({ text: "Hi" })).data.conversation_id;
    const labelled = await conversation(1, headers, { tenant_id: "partner" });
    const stranger = { "x-aura-visitor": await server.visitor() };
    const attempts: [string, Record<string, string>][] = [
      [`${sealed}`, stranger],
      [`${sealed}`, {}],
      [`${unsealed}`, stranger],
      [`${unsealed}`, {}],
      [`${labelled}`, headers],
      ["77", headers],
      ["nonsense", headers],
      ["9".repeat(30), headers],
    ];
    const bodies = new Set<string>();
    for (const [id, credentials] of attempts) {
      const response = await fetch(`${server.url}/api/v1/orcha/conversations/${id}/messages`, {
        headers: credentials,
      });
      expect(response.status).toBe(404);
      expect(response.headers.get("content-type")).toBe("application/problem+json");
      bodies.add((await response.text()).replace(/"request_id":"[^"]+"/, ""));
    }
    expect(bodies.size).toBe(1);
    const mine = await server.messages(labelled, visitor, "?tenant_id=partner");
    expect(mine.data).toHaveLength(2);
  });

  it("refuses a limit or cursor that is none", async () => {
    for (const query of ["?limit=0", "?limit=x", "?limit=1000", "?cursor=-1", "?cursor=x"]) {
      const url = `${server.url}/api/v1/orcha/conversations/1/messages${query}`;
      expect((await fetch(url)).status).toBe(400);
    }
  });
});
