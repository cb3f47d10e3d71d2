import { type Context, type Message, OrchaClientError, type TurnEvent } from "@orcha/client";
import { describe, expect, it } from "vitest";
import { createAnnouncer } from "./announcer.ts";
import { type ChatDeps, createChat } from "./chat.ts";
import { createStore } from "./store.ts";

const CONTEXT: Context = {
  id: "c1",
  title: "Guide",
  source: "guide.md",
  url: null,
  text: "Passage",
  score: 1,
  page: null,
  start: 0,
  end: 7,
};
const start: TurnEvent = {
  event: "turn-start",
  data: { turn_id: 5, conversation_id: 12, message_id: 6 },
};
const delta = (text: string): TurnEvent => ({ event: "text-delta", data: { text } });
const end = (text: string, contexts?: Context[]): TurnEvent => ({
  event: "turn-end",
  data: {
    success: true,
    message: "",
    data: { text, conversation_id: 12, contexts },
    usage: { input_tokens: 1, output_tokens: 1 },
    model: "m",
    finish_reason: "stop",
    sha256: "",
  },
});
function message(role: Message["role"], text: string, rest: Partial<Message> = {}): Message {
  const created_at = "2026-01-01T00:00:00.000Z";
  return { id: 1, turn_id: 5, role, text, created_at, status: "done", error: null, ...rest };
}

/** A chat whose server answers with the scripts given, one per message; an error in a script is thrown. */
function setup(...scripts: (TurnEvent | Error)[][]) {
  const sent: Parameters<ChatDeps["stream"]>[0][] = [];
  const pages: (Message[] | Error)[] = [];
  const store = createStore({ api: "" }, { tab: undefined, browser: undefined });
  const announcer = createAnnouncer();
  let hasToken = false;
  const deps: ChatDeps = {
    async *stream(asked) {
      sent.push(asked);
      for (const event of scripts.shift() ?? []) {
        if (event instanceof Error) throw event;
        yield event;
      }
    },
    async listMessages() {
      const page = (pages.length > 1 ? pages.shift() : pages[0]) ?? [];
      if (page instanceof Error) throw page;
      return { data: page, next_cursor: null };
    },
    requestVisitor: async () => "visitor-secret",
    wait: async () => undefined,
    token: async () => "jwt",
    options: () => ({ apiBaseUrl: "", hasToken, colorScheme: "light" }),
    store,
    announcer,
  };
  const chat = createChat(deps);
  const settled = () =>
    new Promise<void>((resolve) => {
      if (!chat.busy.value) return resolve();
      const stop = chat.busy.subscribe(() => {
        if (chat.busy.value) return;
        stop();
        resolve();
      });
    });
  const turns = () => chat.turns.value.map((turn) => turn.value);
  const said = () => announcer.announcements.value.map(({ text }) => text);
  const withToken = () => {
    hasToken = true;
  };
  return { chat, sent, pages, store, settled, turns, said, withToken };
}
const failure = (code: ConstructorParameters<typeof OrchaClientError>[0]) =>
  new OrchaClientError(code, `Sentence for ${code}.`);

describe("sending", () => {
  it("threads the conversation and carries the visitor secret", async () => {
    const { chat, sent, settled, turns } = setup(
      [start, delta("Hel"), delta("lo."), end("Hello.", [CONTEXT])],
      [start, end("Again.")],
    );
    chat.send(" Hi ");
    await settled();
    chat.send("And?");
    await settled();

    expect(turns()).toMatchObject([
      { question: "Hi", answer: "Hello.", phase: "done", contexts: [CONTEXT] },
      { question: "And?", answer: "Again.", phase: "done" },
    ]);
    expect(sent.map(({ text, conversationId }) => [text, conversationId])).toEqual([
      ["Hi", undefined],
      ["And?", "12"],
    ]);
    expect(sent[0]).toMatchObject({ visitor: "visitor-secret", useRag: true });
    expect(sent[0]?.authToken).toBeUndefined();
  });

  it("takes one message at a time, also on a double click", async () => {
    const { chat, sent, settled } = setup([start, end("Hello.")]);
    expect([chat.send("Hi"), chat.send("Hi"), chat.send("Other")]).toEqual([true, false, false]);
    await settled();
    expect(sent).toHaveLength(1);
  });

  it("asks the page for its token when there is one", async () => {
    const { chat, sent, settled, withToken } = setup([start, end("Hello.")]);
    withToken();
    chat.send("Hi");
    await settled();
    expect(sent[0]?.authToken).toBeTypeOf("function");
  });

  it("tells the answer in sentences", async () => {
    const { chat, settled, said } = setup([
      start,
      delta("One. Tw"),
      delta("o. Th"),
      end("One. Two. Three."),
    ]);
    chat.send("Hi");
    await settled();
    expect(said()).toEqual(["One.", "Two.", "Three."]);
  });
});

describe("a message that is not answered", () => {
  it("shows why, and Retry sends it again at the end of the transcript", async () => {
    const { chat, sent, settled, turns, said } = setup(
      [failure("model_unavailable")],
      [start, end("Hello.")],
    );
    chat.send("Hi");
    await settled();
    expect(turns()).toMatchObject([
      { phase: "failed", failure: { message: "Sentence for model_unavailable." } },
    ]);
    expect(said()).toEqual(["Sentence for model_unavailable."]);

    const [turn] = chat.turns.value;
    if (turn) chat.retry(turn);
    await settled();
    expect(turns()).toMatchObject([{ question: "Hi", answer: "Hello.", phase: "done" }]);
    expect(sent).toHaveLength(2);
  });

  it("keeps the part of an answer that had arrived", async () => {
    const error: TurnEvent = {
      event: "turn-error",
      data: {
        success: false,
        message: "Too slow.",
        data: { text: "Half", conversation_id: 12 },
        code: "model_timeout",
        retryable: true,
      },
    };
    const { chat, settled, turns } = setup([start, delta("Ha"), error]);
    chat.send("Hi");
    await settled();
    expect(turns()).toMatchObject([{ answer: "Half", phase: "failed" }]);
  });

  it("replaces the failed turn on Retry while it is the last one, and only then", async () => {
    const error: TurnEvent = {
      event: "turn-error",
      data: {
        success: false,
        message: "Away.",
        data: { text: "", conversation_id: 12 },
        code: "model_unavailable",
        retryable: true,
      },
    };
    const again = [start, end("Hello.")];
    const { chat, sent, settled } = setup([start, error], again, [start, error], again, again);
    chat.send("One");
    await settled();
    const [one] = chat.turns.value;
    if (one) chat.retry(one);
    await settled();
    chat.send("Two");
    await settled();
    chat.send("Three");
    await settled();
    const two = chat.turns.value.find((turn) => turn.value.question === "Two");
    if (two) chat.retry(two);
    await settled();
    expect(sent.map(({ text, replaceMessageId }) => [text, replaceMessageId])).toEqual([
      ["One", undefined],
      ["One", 5],
      ["Two", undefined],
      ["Three", undefined],
      ["Two", undefined],
    ]);
  });

  it("drops a conversation the server does not know, so that Retry begins a new one", async () => {
    const { chat, sent, store, settled } = setup(
      [failure("conversation_not_found")],
      [start, end("Hello.")],
    );
    store.setConversation(99);
    chat.send("Hi");
    await settled();
    expect(store.conversation()).toBeUndefined();
    const [turn] = chat.turns.value;
    if (turn) chat.retry(turn);
    await settled();
    expect(sent.map(({ conversationId }) => conversationId)).toEqual(["99", undefined]);
  });

  it("finds the answer of a broken stream in the transcript instead of asking twice", async () => {
    const { chat, sent, pages, settled, turns } = setup([start, delta("Hel"), failure("network")]);
    pages.push(
      [message("visitor", "Hi", { status: "pending" })],
      [message("visitor", "Hi"), message("assistant", "Hello.")],
    );
    chat.send("Hi");
    await settled();
    expect(turns()).toMatchObject([{ answer: "Hello.", phase: "done" }]);
    expect(sent).toHaveLength(1);
  });

  it("looks for the answer again on Retry after the connection was away", async () => {
    const { chat, sent, pages, settled, turns } = setup([start, failure("network")]);
    pages.push(failure("network"));
    chat.send("Hi");
    await settled();
    expect(turns()).toMatchObject([{ phase: "failed" }]);

    pages.splice(0, 1, [message("visitor", "Hi"), message("assistant", "Hello.")]);
    const [turn] = chat.turns.value;
    if (turn) chat.retry(turn);
    await settled();
    expect(turns()).toMatchObject([{ answer: "Hello.", phase: "done" }]);
    expect(sent).toHaveLength(1);
  });
});

describe("coming back", () => {
  it("restores the transcript, with what failed and without what was asked again", async () => {
    const { chat, store, pages, turns } = setup();
    store.setConversation(12);
    const error = { code: "model_unavailable", message: "Sorry.", retryable: true } as const;
    pages.push([
      message("visitor", "A", { turn_id: 1 }),
      message("assistant", "a", { turn_id: 1, contexts: [CONTEXT] }),
      message("visitor", "B", { turn_id: 2, status: "failed", error }),
      message("visitor", "B", { turn_id: 3 }),
      message("assistant", "b", { turn_id: 3, status: "stopped" }),
      message("visitor", "C", { turn_id: 4, status: "failed", error }),
    ]);
    await chat.restore();
    expect(turns()).toMatchObject([
      { question: "A", answer: "a", phase: "done", contexts: [CONTEXT] },
      { question: "B", answer: "b", phase: "done", ending: "stopped" },
      { question: "C", phase: "failed", failure: { message: "Sorry." } },
    ]);
    expect(chat.busy.value).toBe(false);
  });

  it("waits for a turn that is still being answered", async () => {
    const { chat, store, pages, turns, said } = setup();
    store.setConversation(12);
    const pending = [message("visitor", "Hi", { status: "pending" })];
    pages.push(pending, pending, [message("visitor", "Hi"), message("assistant", "Hello.")]);
    await chat.restore();
    expect(turns()).toMatchObject([{ answer: "Hello.", phase: "done" }]);
    expect(said()).toEqual(["Hello."]);
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
});

describe("a new conversation", () => {
  it("leaves the old one behind, also in the middle of an answer", async () => {
    const { chat, sent, turns, settled, store } = setup([start, end("Old.")], [start, end("New.")]);
    chat.send("Hi");
    chat.newConversation();
    expect(chat.busy.value).toBe(false);
    expect(turns()).toEqual([]);
    store.setConversation(undefined);
    chat.send("Again");
    await settled();
    expect(turns()).toMatchObject([{ question: "Again" }]);
    expect(sent.at(-1)?.conversationId).toBeUndefined();
  });
});
