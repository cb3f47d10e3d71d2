import { describe, expect, it } from "vitest";
import { sendFeedback } from "./index.ts";
import { json, notFound, startServer, unavailable } from "./testing/scripted-server.ts";
import { setJitter } from "./testing/scripted-turn.ts";

const KEPT = { message_id: 6, rating: "down", comment: "Wrong." };

describe("sendFeedback", () => {
  it("sends what the visitor thinks of an answer, again while the service cannot be reached", async () => {
    setJitter(0);
    const { apiBaseUrl, seen } = await startServer(unavailable, json(200, KEPT));
    const options = { apiBaseUrl, tenantId: "a b", messageId: 6 };
    expect(await sendFeedback({ ...options, rating: "down", comment: "Wrong." })).toEqual(KEPT);
    await sendFeedback({ ...options, rating: null });
    expect(seen).toMatchObject([
      { method: "POST", url: "/api/v1/orcha/messages/6/feedback?tenant_id=a%20b" },
      { body: '{"rating":"down","comment":"Wrong."}' },
      { body: '{"rating":null,"comment":null}' },
    ]);
  });

  it("throws for an answer that is not the visitor's, and for one that says nothing of it", async () => {
    const { apiBaseUrl } = await startServer(notFound, json(200, { hello: "stranger" }));
    const feedback = { apiBaseUrl, messageId: 6, rating: "up" } as const;
    await expect(sendFeedback(feedback)).rejects.toMatchObject({ code: "not_found", status: 404 });
    await expect(sendFeedback(feedback)).rejects.toMatchObject({ code: "internal" });
  });
});
