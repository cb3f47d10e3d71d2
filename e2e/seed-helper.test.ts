import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PackagedServer, startPackagedServer } from "./support/packaged-server.ts";

/** Word for word what the integration guide tells people to copy, but for the server's address before the path. */
function makeHelper(origin: string) {
  const fetch = (path: string, options: RequestInit) => globalThis.fetch(origin + path, options);
  return async function sendOrchaMessage({
    text,
    conversationId,
  }: {
    text: string;
    conversationId?: unknown;
  }) {
    const response = await fetch("/api/v1/orcha/chat-v2", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text, conversation_id: conversationId }),
    });
    if (!response.ok) throw new Error("Network error");
    const payload = (await response.json()) as { success: boolean; message: string; data: Data };
    if (!payload.success) throw new Error(payload.message || "Chat failed");
    return payload.data;
  };
}
interface Data {
  readonly text: string;
  readonly conversation_id: number;
}

describe("the integration guide's own helper", () => {
  let server: PackagedServer;
  let send: ReturnType<typeof makeHelper>;
  beforeAll(async () => {
    server = await startPackagedServer({ args: ["--knowledge", "docs"] });
    send = makeHelper(server.url);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it("threads a conversation", async () => {
    const first = await send({ text: "How do I embed the widget?" });
    const second = await send({ text: "And on phones?", conversationId: first.conversation_id });
    const third = await send({ text: "Thanks", conversationId: String(first.conversation_id) });
    expect(second.conversation_id).toBe(first.conversation_id);
    expect(third.conversation_id).toBe(first.conversation_id);
  });

  it("never gets more keys than the guide has", async () => {
    const data = await send({ text: "How do I embed the widget?" });
    expect(Object.keys(data)).toEqual(["text", "conversation_id", "contexts"]);
  });

  it("sees the reason of everything that the visitor can act on", async () => {
    await expect(send({ text: "  " })).rejects.toThrow("Please write a message.");
    await expect(send({ text: "x".repeat(9000) })).rejects.toThrow("too long");
    await expect(send({ text: "Hi", conversationId: 12345 })).rejects.toThrow(
      "This conversation does not exist or is not yours.",
    );
    await expect(send({ text: "Hi", conversationId: "abc" })).rejects.toThrow("conversation_id");
  });
});
