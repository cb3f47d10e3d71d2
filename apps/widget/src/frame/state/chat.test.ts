import { describe, expect, it } from "vitest";
import {
  CONTEXT,
  delta,
  end,
  failure,
  gate,
  message,
  setup,
  start,
  startOf,
  turnError,
} from "./testing/chat-setup.ts";

describe("sending", () => {
  it("threads the conversation and carries the visitor secret", async () => {
    const { chat, sent, settled, turns } = setup({
      scripts: [
        [start, delta("Hel"), delta("lo."), end("Hello.", [CONTEXT])],
        [start, end("Again.")],
      ],
    });
    chat.send(" Hi ");
    await settled();
    expect(turns()).toMatchObject([
      { question: "Hi", answer: "Hello.", phase: "done", contexts: [CONTEXT] },
    ]);

    chat.send("And?");
    await settled();
    expect(sent.map(({ text, conversationId }) => [text, conversationId])).toEqual([
      ["Hi", undefined],
      ["And?", "12"],
    ]);
    expect(sent[0]).toMatchObject({ visitor: "visitor-secret", useRag: true });
    expect(sent[0]?.authToken).toBeUndefined();
  });

  it("takes one message at a time, also on a double click", async () => {
    const { chat, sent, settled } = setup({ scripts: [[start, end("Hello.")]] });
    expect([chat.send("Hi"), chat.send("Hi"), chat.send("Other")]).toEqual([true, false, false]);
    await settled();
    expect(sent).toHaveLength(1);
  });

  it("tells the answer in sentences", async () => {
    const { chat, settled, said } = setup({
      scripts: [[start, delta("One. Tw"), delta("o. Th"), end("One. Two. Three.")]],
    });
    chat.send("Hi");
    await settled();
    expect(said()).toEqual(["One.", "Two.", "Three."]);
  });
});

describe("a message that is not answered", () => {
  it("shows why, and keeps the part of an answer that had arrived, marked as cut", async () => {
    const { chat, settled, turns, said } = setup({
      scripts: [
        [start, turnError("model_unavailable")],
        [start, delta("Ha"), turnError("model_timeout", "Half")],
      ],
    });
    chat.send("Hi");
    await settled();
    expect(turns()).toMatchObject([
      { phase: "failed", ending: undefined, failure: { code: "model_unavailable" } },
    ]);
    expect(said()).toEqual(["Sentence for model_unavailable."]);

    chat.send("Ho");
    await settled();
    expect(turns().at(-1)).toMatchObject({ answer: "Half", phase: "failed", ending: "cut" });
  });

  it("sends the very same message again on Retry when that can help", async () => {
    for (const code of ["network", "model_timeout", "rate_limited"] as const) {
      const { chat, sent, settled, turns, retry } = setup({
        scripts: [[failure(code)], [start, end("Hello.")]],
      });
      chat.send("Hi");
      await settled();
      retry();
      await settled();
      expect(turns()).toMatchObject([{ question: "Hi", answer: "Hello.", phase: "done" }]);
      expect(sent.map(({ idempotencyKey }) => idempotencyKey)).toEqual(["key-1", "key-1"]);
      // What the key stands for must not change, although the conversation is known by now.
      expect(sent.map(({ conversationId }) => conversationId)).toEqual([undefined, undefined]);
    }
  });

  it("leaves the cut answer where it is until the repeated one is told", async () => {
    const { chat, settled, turns, retry, last } = setup({
      scripts: [
        [start, delta("Hel"), failure("network")],
        [start, delta("Hello"), end("Hello.")],
      ],
    });
    chat.send("Hi");
    await settled();
    const seen: string[] = [];
    const turn = await last(({ phase }) => phase === "failed");
    turn.subscribe(() => seen.push(turn.value.answer));
    retry();
    await settled();
    expect([...new Set(seen)]).toEqual(["Hel", "Hello", "Hello."]);
    expect(turns()).toHaveLength(1);
  });

  it("asks anew in place of the failed turn when the same message cannot help, while it is the last", async () => {
    const blocked = turnError("answer_blocked");
    const { chat, sent, settled } = setup({
      scripts: [
        [startOf(5), blocked],
        [startOf(7), end("Hello.")],
        [startOf(9), blocked],
        [startOf(11), end("Hello.")],
        [startOf(13), end("Hello.")],
      ],
    });
    const ask = async (text: string) => {
      chat.send(text);
      await settled();
    };
    const retry = async (question: string) => {
      const turn = chat.turns.value.find(({ value }) => value.question === question);
      if (turn) chat.retry(turn);
      await settled();
    };
    await ask("One");
    await retry("One");
    await ask("Two");
    await ask("Three");
    await retry("Two");
    expect(
      sent.map(({ text, replaceMessageId, idempotencyKey }) => [
        text,
        replaceMessageId,
        idempotencyKey,
      ]),
    ).toEqual([
      ["One", undefined, "key-1"],
      ["One", 5, "key-2"],
      ["Two", undefined, "key-3"],
      ["Three", undefined, "key-4"],
      ["Two", undefined, "key-5"],
    ]);
  });

  it("asks at the end when the server says that the failed turn is not the last one", async () => {
    const { chat, sent, settled, retry } = setup({
      scripts: [
        [start, turnError("answer_blocked")],
        [failure("invalid_request")],
        [start, end("Hello.")],
      ],
    });
    chat.send("Hi");
    await settled();
    retry();
    await settled();
    retry();
    await settled();
    expect(sent.map(({ replaceMessageId }) => replaceMessageId)).toEqual([undefined, 5, undefined]);
  });

  it("drops a conversation the server does not know, so that Retry begins a new one", async () => {
    const { chat, sent, store, settled, retry } = setup({
      scripts: [[failure("conversation_not_found")], [start, end("Hello.")]],
    });
    store.setConversation(99);
    chat.send("Hi");
    await settled();
    expect(store.conversation()).toBeUndefined();
    retry();
    await settled();
    expect(sent.map(({ conversationId }) => conversationId)).toEqual(["99", undefined]);
    expect(sent.map(({ idempotencyKey }) => idempotencyKey)).toEqual(["key-1", "key-2"]);
  });
});

describe("an earlier transcript", () => {
  it("is restored, with what failed and without what was asked again", async () => {
    const { chat, store, pages, turns } = setup();
    store.setConversation(12);
    const error = { code: "model_unavailable", message: "Sorry.", retryable: true } as const;
    pages.push([
      message("visitor", "A", { turn_id: 1 }),
      message("assistant", "a", { turn_id: 1, contexts: [CONTEXT] }),
      message("visitor", "B", { turn_id: 2, status: "failed", error }),
      message("visitor", "B", { turn_id: 3, status: "stopped" }),
      message("assistant", "b", { turn_id: 3, status: "stopped" }),
      message("visitor", "C", { turn_id: 4, status: "failed", error }),
      message("assistant", "c", { turn_id: 4, status: "failed", error }),
    ]);
    await chat.restore();
    expect(turns()).toMatchObject([
      { question: "A", answer: "a", phase: "done", ending: undefined, contexts: [CONTEXT] },
      { question: "B", answer: "b", phase: "done", ending: "stopped" },
      {
        question: "C",
        answer: "c",
        phase: "failed",
        ending: "cut",
        failure: { message: "Sorry." },
      },
    ]);
    expect(chat.activity.value).toBe("idle");
  });

  it("begins anew when the conversation is gone, and offers another try when the server is", async () => {
    const { chat, store, pages } = setup();
    store.setConversation(12);
    pages.push(failure("unavailable"));
    await chat.restore();
    expect(chat.restoring.value).toEqual({ failed: "Sentence for unavailable." });
    expect(store.conversation()).toBe("12");

    pages.splice(0, 1, failure("conversation_not_found"));
    await chat.restore();
    expect(chat.restoring.value).toBe("no");
    expect(store.conversation()).toBeUndefined();
  });

  it("is joined with its earlier part, also where a page ends inside a turn", async () => {
    const { chat, store, pages, cursors, turns } = setup();
    store.setConversation(12);
    pages.push([
      message("assistant", "b", { turn_id: 3 }),
      message("visitor", "C", { turn_id: 4 }),
      message("assistant", "c", { turn_id: 4 }),
    ]);
    cursors.push("9");
    await chat.restore();
    expect(chat.earlier.value).toBe("9");

    pages.splice(0, 1, [
      message("visitor", "A", { turn_id: 1 }),
      message("assistant", "a", { turn_id: 1 }),
      message("visitor", "B", { turn_id: 3 }),
    ]);
    await chat.loadEarlier();
    expect(turns()).toMatchObject([
      { question: "A", answer: "a" },
      { question: "B", answer: "b" },
      { question: "C", answer: "c" },
    ]);
    expect(chat.earlier.value).toBeNull();
  });
});

describe("a new conversation", () => {
  it("leaves the old one behind, also in the middle of an answer", async () => {
    const old = gate();
    const { chat, sent, turns, settled, store } = setup({
      scripts: [
        [old.closed, start, end("Old.")],
        [start, end("New.")],
      ],
    });
    chat.send("Hi");
    chat.newConversation();
    expect(chat.activity.value).toBe("idle");
    expect(turns()).toEqual([]);
    expect(store.outbox()).toBeUndefined();

    chat.send("Again");
    old.open();
    await settled();
    expect(turns()).toMatchObject([{ question: "Again", answer: "New." }]);
    expect(sent.at(-1)?.conversationId).toBeUndefined();
  });
});
