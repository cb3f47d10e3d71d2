import { describe, expect, it } from "vitest";
import { end, message, setup, start, startOf } from "./testing/chat-setup.ts";

describe("another conversation of the visitor", () => {
  it("is read back in the place of this one, and goes on", async () => {
    const { chat, pages, reads, sent, settled, turns } = setup({
      scripts: [
        [start, end("Here.")],
        [startOf(9), end("There.")],
      ],
    });
    chat.send("Here?");
    await settled();
    pages.push([message("visitor", "Earlier"), message("assistant", "Yes.", { id: 6 })]);
    await chat.openConversation(34);
    expect(reads).toEqual(["34"]);
    expect(turns()).toMatchObject([{ question: "Earlier", answer: "Yes.", messageId: 6 }]);

    chat.send("And now?");
    await settled();
    expect(sent[1]?.conversationId).toBe("34");
  });

  it("leaves the answer that is on its way to the server", async () => {
    const { chat, pages, turns } = setup({
      scripts: [[start, new Promise(() => undefined)]],
    });
    chat.send("Here?");
    pages.push([message("visitor", "Earlier"), message("assistant", "Yes.")]);
    await chat.openConversation(34);
    expect(turns()).toMatchObject([{ question: "Earlier" }]);
    expect(chat.activity.value).toBe("idle");
  });
});

describe("a visitor who leaves the browser to somebody else", () => {
  it("leaves nothing on screen or in memory, and another secret", async () => {
    const { chat, store, settled, turns } = setup({ scripts: [[start, end("Mine.")]] });
    chat.send("Secret?");
    await settled();
    await chat.logout();
    expect(turns()).toEqual([]);
    expect(store.conversation()).toBeUndefined();
    expect(store.queue()).toEqual([]);
    expect(store.visitor()).toBe("secret after reset 1");
    expect(chat.activity.value).toBe("idle");
  });
});
