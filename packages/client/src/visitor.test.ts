import { describe, expect, it } from "vitest";
import { listMessages, requestVisitor } from "./index.ts";
import { json, startServer } from "./testing/scripted-server.ts";

describe("the visitor's own calls", () => {
  it("asks for a visitor secret in the tenant", async () => {
    const { apiBaseUrl, seen } = await startServer(json(200, { visitor: "secret" }));
    expect(await requestVisitor({ apiBaseUrl, tenantId: "a b" })).toBe("secret");
    expect(seen[0]).toMatchObject({ method: "POST", url: "/api/v1/orcha/visitor?tenant_id=a%20b" });
  });

  it("reads a page of the transcript", async () => {
    const page = { data: [], next_cursor: "c2" };
    const { apiBaseUrl, seen } = await startServer(json(200, page));
    const options = {
      apiBaseUrl,
      conversationId: 12,
      visitor: "v1",
      tenantId: "acme",
      cursor: "c1",
    };
    expect(await listMessages(options)).toEqual(page);
    expect(seen[0]?.url).toBe("/api/v1/orcha/conversations/12/messages?tenant_id=acme&cursor=c1");
    expect(seen[0]?.headers["x-aura-visitor"]).toBe("v1");
  });

  it("throws the code of a problem document", async () => {
    const { apiBaseUrl } = await startServer(
      json(404, { title: "Not found", detail: "Not yours.", code: "conversation_not_found" }),
    );
    await expect(listMessages({ apiBaseUrl, conversationId: 12 })).rejects.toMatchObject({
      code: "conversation_not_found",
      message: "Not yours.",
      status: 404,
    });
  });

  it("refuses an answer without what was asked for", async () => {
    const { apiBaseUrl } = await startServer(json(200, {}, { "X-Request-Id": "r-1" }));
    const unread = { code: "internal", requestId: "r-1" };
    await expect(requestVisitor({ apiBaseUrl })).rejects.toMatchObject(unread);
    await expect(listMessages({ apiBaseUrl, conversationId: 12 })).rejects.toMatchObject(unread);
  });
});
