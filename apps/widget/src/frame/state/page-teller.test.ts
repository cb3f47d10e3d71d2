import { describe, expect, it } from "vitest";
import { end, setup, start, startOf, turnError } from "./testing/chat-setup.ts";

describe("the page's listeners", () => {
  it("hear what happens in a turn, without its words", async () => {
    const { chat, events, settled } = setup({ scripts: [[start, end("Secret.")]] });
    chat.send("Private?");
    await settled();
    expect(events).toEqual([
      ["message:sent", {}],
      ["response:start", { turnId: 5, conversationId: 12 }],
      ["message:received", { conversationId: 12, messageId: 6 }],
      ["response:end", { turnId: 5, outcome: "done" }],
    ]);
    expect(JSON.stringify(events)).not.toMatch(/Private|Secret/);
  });

  it("hear the words where the page asked for them", async () => {
    const { chat, events, settled, setOptions } = setup({ scripts: [[start, end("Open.")]] });
    setOptions({ events: { content: true } });
    chat.send("Hello");
    await settled();
    expect(events).toContainEqual(["message:sent", { text: "Hello" }]);
    expect(events).toContainEqual([
      "message:received",
      { conversationId: 12, messageId: 6, text: "Open." },
    ]);
  });

  it("hear of failures and stops", async () => {
    const { chat, events, settled } = setup({
      scripts: [
        [start, turnError("model_timeout")],
        [startOf(7), end("Half", undefined, "stopped")],
      ],
    });
    chat.send("One");
    await settled();
    expect(events).toContainEqual(["response:end", { turnId: 5, outcome: "failed" }]);
    expect(events).toContainEqual([
      "error",
      { code: "model_timeout", message: "Sentence for model_timeout." },
    ]);
    chat.send("Two");
    await settled();
    expect(events).toContainEqual(["response:end", { turnId: 7, outcome: "stopped" }]);
  });
});

describe("what the page says of itself", () => {
  it("goes with the message, and the very same with its repetition", async () => {
    const { chat, sent, settled, setPage, retry, turns } = setup({
      scripts: [
        [start, turnError("model_unavailable")],
        [start, end("Yes.")],
      ],
    });
    setPage({ url: "https://shop.example/cart", title: "Cart" });
    chat.send("Is this in stock?");
    await settled();
    setPage({ url: "https://shop.example/other" });
    retry();
    await settled();
    expect(turns()).toMatchObject([{ answer: "Yes." }]);
    expect(sent.map(({ context }) => context?.url)).toEqual([
      "https://shop.example/cart",
      "https://shop.example/cart",
    ]);
  });
});
