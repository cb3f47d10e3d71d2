import type { OrchaClientError, Retry } from "@orcha/client";
import { describe, expect, it } from "vitest";
import {
  delta,
  end,
  failure,
  gate,
  memory,
  message,
  type Step,
  setup,
  start,
  startOf,
  until,
} from "./testing/chat-setup.ts";

const retryOf = (error: OrchaClientError, attempt = 1): Step => {
  const retry: Retry = { attempt, waitMs: 100, error };
  return ({ onRetry }) => onRetry?.(retry);
};
const pending = (text: string, turn_id = 5) =>
  message("visitor", text, { turn_id, status: "pending" });

describe("a message on its way", () => {
  it("is kept from the click until the turn has begun, with all that its key stands for", async () => {
    const arrival = gate();
    const after = gate();
    const { chat, store, settled, last } = setup({
      scripts: [[arrival.closed, start, after.closed, end("Hello.")]],
    });
    store.setConversation(12);
    chat.send(" Hi ");
    expect(store.outbox()).toEqual({
      text: "Hi",
      idempotencyKey: "key-1",
      conversationId: "12",
      useRag: true,
      at: expect.any(Number),
    });
    arrival.open();
    await last(({ id }) => id === 5);
    expect(store.outbox()).toBeUndefined();
    after.open();
    await settled();
  });

  it("is sent again after a reload, with the same key and as the same visitor", async () => {
    const store = memory();
    store.setOutbox({ text: "Hi", idempotencyKey: "key-1", useRag: true, at: Date.now() });

    const reloaded = setup({ store, scripts: [[start, end("Hello.")]] });
    await reloaded.chat.restore();
    await reloaded.settled();
    expect(reloaded.turns()).toMatchObject([{ question: "Hi", answer: "Hello." }]);
    expect(reloaded.sent).toMatchObject([{ text: "Hi", idempotencyKey: "key-1" }]);
    // Asked for now, a secret would make it another visitor's message.
    expect(reloaded.sent[0]?.visitor).toBeUndefined();
    expect(store.outbox()).toBeUndefined();
  });

  it("stays kept while its failure may pass, and not when it is final", async () => {
    for (const [code, isKept] of [
      ["network", true],
      ["unavailable", true],
      ["text_too_long", false],
      ["conversation_not_found", false],
    ] as const) {
      const { chat, store, settled } = setup({ scripts: [[failure(code)]] });
      chat.send("Hi");
      await settled();
      expect([code, store.outbox()?.text]).toEqual([code, isKept ? "Hi" : undefined]);
    }
  });

  it("is shown once when the server had got it before the reload", async () => {
    const stored: [string, ReturnType<typeof message>[]][] = [
      ["still being answered", [pending("Hi")]],
      ["answered", [message("visitor", "Hi"), message("assistant", "Hello.")]],
      ["replacing a failed turn", [message("visitor", "Hi", { turn_id: 3, status: "failed" })]],
    ];
    for (const [name, page] of stored) {
      const store = memory();
      store.setConversation(12);
      store.setOutbox({
        text: "Hi",
        idempotencyKey: "key-0",
        conversationId: "12",
        replaceMessageId: 3,
        useRag: true,
        at: Date.now(),
      });
      const { chat, pages, settled, turns, sent } = setup({
        store,
        scripts: [[start, delta("Hello."), end("Hello.")]],
      });
      pages.push(page);
      await chat.restore();
      await settled();
      expect([name, turns().map(({ question, answer }) => [question, answer])]).toEqual([
        name,
        [["Hi", "Hello."]],
      ]);
      expect(sent).toMatchObject([{ idempotencyKey: "key-0", replaceMessageId: 3 }]);
    }
  });

  it("takes the place of what the transcript shows of it at once", async () => {
    const store = memory();
    store.setConversation(12);
    store.setOutbox({
      text: "Hi",
      idempotencyKey: "key-0",
      conversationId: "12",
      useRag: true,
      at: Date.now(),
    });
    const { chat, pages, turns } = setup({ store, scripts: [[gate().closed]] });
    pages.push([pending("Hi")]);
    await chat.restore();
    expect(turns()).toMatchObject([{ question: "Hi", phase: "waiting" }]);
  });

  it("is not sent by a tab that comes back much later, until its visitor wants it", async () => {
    const store = memory();
    const at = Date.now() - 3_600_001;
    store.setOutbox({ text: "Hi", idempotencyKey: "key-0", useRag: true, at });
    const { chat, settled, sent, turns } = setup({ store, scripts: [[start, end("Hello.")]] });
    await chat.restore();
    expect(sent).toEqual([]);
    expect(turns()).toMatchObject([{ question: "Hi", failure: { code: "unsent" } }]);

    const [turn] = chat.turns.value;
    if (turn) chat.retry(turn);
    await settled();
    expect(sent).toMatchObject([{ idempotencyKey: "key-0" }]);
  });

  it("waits for the transcript that cannot be loaded, and goes out with it", async () => {
    const store = memory();
    store.setConversation(12);
    store.setOutbox({ text: "Hi", idempotencyKey: "key-0", useRag: true, at: Date.now() });
    const { chat, pages, settled, sent } = setup({ store, scripts: [[start, end("Hello.")]] });
    pages.push(failure("network"));
    await chat.restore();
    expect(sent).toEqual([]);

    pages.splice(0, 1, []);
    chat.wake();
    await until(chat.restoring, (restoring) => restoring === "no");
    await settled();
    expect(sent).toHaveLength(1);
  });
});

describe("a connection that is lost", () => {
  it("is said to be made again until the answer goes on, without a jump in the text", async () => {
    const away = gate();
    const back = gate();
    const { chat, settled, last, said } = setup({
      scripts: [
        [
          start,
          delta("Hel"),
          retryOf(failure("network")),
          retryOf(failure("network"), 2),
          away.closed,
          delta("lo."),
          back.closed,
          end("Hello."),
        ],
      ],
    });
    chat.send("Hi");
    const turn = await last(({ reconnecting }) => reconnecting !== undefined);
    expect(turn.value).toMatchObject({
      answer: "Hel",
      phase: "streaming",
      reconnecting: "Reconnecting…",
    });
    away.open();
    await last(({ reconnecting }) => reconnecting === undefined);
    expect(turn.value.answer).toBe("Hello.");
    back.open();
    await settled();
    expect(said()).toEqual(["Reconnecting…", "Hello."]);
  });

  it("says to wait in the server's words when there were too many requests", async () => {
    const { chat, last } = setup({ scripts: [[retryOf(failure("rate_limited")), gate().closed]] });
    chat.send("Hi");
    const turn = await last(({ reconnecting }) => reconnecting !== undefined);
    expect(turn.value.reconnecting).toBe("Sentence for rate_limited.");
  });

  it("begins the answer anew at a second turn-start, and tells it anew", async () => {
    const { chat, settled, turns, said } = setup({
      scripts: [[start, delta("First. Then "), start, delta("No. "), end("No. Other.")]],
    });
    chat.send("Hi");
    await settled();
    expect(turns()).toMatchObject([{ answer: "No. Other.", phase: "done" }]);
    expect(said()).toEqual(["First.", "No.", "Other."]);
  });

  it("is a failure when the stream just ends", async () => {
    const { chat, settled, turns } = setup({ scripts: [[start, delta("Hel")]] });
    chat.send("Hi");
    await settled();
    expect(turns()).toMatchObject([{ answer: "Hel", phase: "failed", ending: "cut" }]);
  });

  it("is tried again by itself when the network is back", async () => {
    const { chat, sent, settled, turns } = setup({
      scripts: [[failure("network")], [start, end("Hello.")]],
    });
    chat.send("Hi");
    await settled();
    chat.wake();
    await settled();
    expect(turns()).toMatchObject([{ answer: "Hello." }]);
    expect(sent.map(({ idempotencyKey }) => idempotencyKey)).toEqual(["key-1", "key-1"]);
  });

  it("leaves any other failure to the visitor when the network is back", async () => {
    const { chat, sent, settled } = setup({ scripts: [[failure("model_unavailable")]] });
    chat.send("Hi");
    await settled();
    chat.wake();
    await settled();
    expect(sent).toHaveLength(1);
  });
});

describe("a turn that was begun before a reload", () => {
  it("is followed live from its first character", async () => {
    const middle = gate();
    const { chat, store, pages, followed, settled, last, said } = setup({
      resumed: [[start, delta("Hel"), middle.closed, delta("lo."), end("Hello.")]],
    });
    store.setConversation(12);
    pages.push([pending("Hi")]);
    await chat.restore();
    const turn = await last(({ phase }) => phase === "streaming");
    expect(turn.value).toMatchObject({ question: "Hi", answer: "Hel" });
    expect(chat.activity.value).toBe("answering");
    middle.open();
    await settled();
    expect(turn.value).toMatchObject({ answer: "Hello.", phase: "done" });
    expect(followed).toEqual([5]);
    expect(said()).toEqual(["Hello."]);
  });

  it("is what the transcript says when it cannot be followed", async () => {
    const { chat, store, pages, settled, turns } = setup({ resumed: [[failure("network")]] });
    store.setConversation(12);
    pages.push([pending("Hi")], [message("visitor", "Hi"), message("assistant", "Hello.")]);
    await chat.restore();
    await settled();
    expect(turns()).toMatchObject([{ answer: "Hello.", phase: "done" }]);
  });

  it("fails with a reason when nothing is known of it, and Retry follows it or asks anew", async () => {
    const { chat, store, pages, settled, turns, retry, sent, followed } = setup({
      resumed: [[start, delta("Hel"), failure("network")], [failure("not_found")]],
      scripts: [[startOf(7), end("Hello.")]],
    });
    store.setConversation(12);
    pages.push([pending("Hi")]);
    await chat.restore();
    await settled();
    expect(turns()).toMatchObject([
      { answer: "Hel", ending: "cut", failure: { message: "Sentence for network." } },
    ]);

    retry();
    await settled();
    expect(followed).toEqual([5, 5]);
    expect(turns()).toMatchObject([{ failure: { message: "The answer did not arrive." } }]);

    retry();
    await settled();
    expect(turns()).toMatchObject([{ id: 7, answer: "Hello.", phase: "done" }]);
    expect(sent).toMatchObject([{ text: "Hi", replaceMessageId: 5, idempotencyKey: "key-1" }]);
  });
});

describe("two tabs on one conversation", () => {
  it("tell each other what was asked, and nothing of what they follow", async () => {
    const { chat, told, settled, pages } = setup({
      scripts: [[start, end("Hello.")]],
      resumed: [[startOf(7), end("More.")]],
    });
    chat.send("Hi");
    await settled();
    expect(told).toEqual([12]);

    pages.push([message("visitor", "Hi"), message("assistant", "Hello."), pending("And?", 7)]);
    chat.moved("12");
    await until(chat.turns, (turns) => turns.length === 2);
    await settled();
    expect(told).toEqual([12]);
  });

  it("show each other's question and follow its answer, while what is there stays as it is", async () => {
    const { chat, settled, pages, turns, followed } = setup({
      scripts: [[start, end("Hello.")]],
      resumed: [[startOf(7), delta("More."), end("More.")]],
    });
    chat.send("Hi");
    await settled();
    const [mine] = chat.turns.value;
    pages.push([message("visitor", "Hi"), message("assistant", "Hello."), pending("And?", 7)]);
    chat.moved("12");
    await until(chat.turns, (all) => all.length === 2);
    await settled();
    expect(turns()).toMatchObject([
      { question: "Hi", answer: "Hello." },
      { question: "And?", answer: "More.", phase: "done" },
    ]);
    expect(chat.turns.value[0]).toBe(mine);
    expect(followed).toEqual([7]);
  });

  it("do not disturb each other in different conversations", async () => {
    const { chat, settled, reads, turns } = setup({ scripts: [[start, end("Hello.")]] });
    chat.moved("99");
    chat.send("Hi");
    await settled();
    chat.moved("99");
    expect(turns()).toMatchObject([{ question: "Hi", answer: "Hello." }]);
    expect(reads).toEqual([]);
  });

  it("look once they have time when they are told in the middle of an answer", async () => {
    const middle = gate();
    const { chat, pages, turns, settled, last } = setup({
      scripts: [[start, middle.closed, end("Hello.")]],
    });
    chat.send("Hi");
    await last(({ id }) => id === 5);
    pages.push([
      message("visitor", "Hi"),
      message("assistant", "Hello."),
      message("visitor", "And?", { turn_id: 7 }),
      message("assistant", "More.", { turn_id: 7 }),
    ]);
    chat.moved("12");
    middle.open();
    await settled();
    await until(chat.turns, (all) => all.length === 2);
    expect(turns()).toMatchObject([{ answer: "Hello." }, { question: "And?", answer: "More." }]);
  });

  it("take a failed turn over that the other one asked again, and keep what never reached the server", async () => {
    const { chat, pages, settled, turns } = setup({
      scripts: [[start, failure("network")], [failure("rate_limited")]],
    });
    chat.send("Hi");
    await settled();
    chat.send("Unsent");
    await settled();
    pages.push([message("visitor", "Hi", { turn_id: 5 }), message("assistant", "Hello.")]);
    const [hi] = chat.turns.value;
    chat.moved("12");
    if (hi) await until(hi, ({ phase }) => phase === "done");
    expect(turns()).toMatchObject([
      { question: "Hi", answer: "Hello.", phase: "done" },
      { question: "Unsent", phase: "failed" },
    ]);
  });
});
