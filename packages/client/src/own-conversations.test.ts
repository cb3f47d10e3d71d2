import { describe, expect, it } from "vitest";
import { deleteConversation, listConversations, renameConversation } from "./index.ts";
import { hangUp, json, startServer, unavailable } from "./testing/scripted-server.ts";
import { setJitter } from "./testing/scripted-turn.ts";

const CONVERSATION = { id: 12, title: "My order", created_at: "", updated_at: "" };
const RECEIPT = { receipt_id: 3, erased_at: "2026-01-01T00:00:00.000Z", counts: {} };
const foreign = json(404, { detail: "Not yours.", code: "conversation_not_found" });

describe("the visitor's own conversations", () => {
  it("are listed page by page, and searched", async () => {
    const page = { data: [CONVERSATION], next_cursor: "1.2" };
    const { apiBaseUrl, seen } = await startServer(json(200, page));
    expect(await listConversations({ apiBaseUrl, visitor: "v1" })).toEqual(page);
    await listConversations({
      apiBaseUrl,
      tenantId: "a b",
      search: "100 %",
      cursor: "1.2",
      limit: 5,
    });
    expect(seen).toMatchObject([
      { method: "GET", url: "/api/v1/orcha/conversations", headers: { "x-aura-visitor": "v1" } },
      { url: "/api/v1/orcha/conversations?tenant_id=a+b&q=100+%25&cursor=1.2&limit=5" },
    ]);
  });

  it("are renamed, again while the service cannot be reached", async () => {
    setJitter(0);
    const { apiBaseUrl, seen } = await startServer(hangUp, unavailable, json(200, CONVERSATION));
    const options = { apiBaseUrl, conversationId: 12, tenantId: "a b" };
    expect(await renameConversation({ ...options, title: "My order" })).toEqual(CONVERSATION);
    await renameConversation({ ...options, title: null });
    expect(seen.map(({ body }) => body)).toEqual([
      ...Array(3).fill('{"title":"My order"}'),
      '{"title":null}',
    ]);
    expect(seen[0]).toMatchObject({
      method: "PATCH",
      url: "/api/v1/orcha/conversations/12?tenant_id=a%20b",
      headers: { "content-type": "application/json" },
    });
  });

  it("are erased with a receipt, once: a lost answer is told, not asked for again", async () => {
    const { apiBaseUrl, seen } = await startServer(json(200, RECEIPT), hangUp);
    const options = { apiBaseUrl, conversationId: 12 };
    expect(await deleteConversation(options)).toEqual(RECEIPT);
    await expect(deleteConversation(options)).rejects.toMatchObject({ code: "network" });
    expect(seen).toHaveLength(2);
    expect(seen[0]).toMatchObject({
      method: "DELETE",
      url: "/api/v1/orcha/conversations/12",
      body: "",
    });
  });

  it("are nobody else's, and an answer without them is none", async () => {
    const { apiBaseUrl } = await startServer(foreign, foreign, json(200, {}));
    const options = { apiBaseUrl, conversationId: 12 };
    const refused = { code: "conversation_not_found", message: "Not yours.", status: 404 };
    await expect(renameConversation({ ...options, title: "x" })).rejects.toMatchObject(refused);
    await expect(deleteConversation(options)).rejects.toMatchObject(refused);
    const unread = { code: "internal" };
    await expect(listConversations(options)).rejects.toMatchObject(unread);
    await expect(renameConversation({ ...options, title: "x" })).rejects.toMatchObject(unread);
    await expect(deleteConversation(options)).rejects.toMatchObject(unread);
  });
});
