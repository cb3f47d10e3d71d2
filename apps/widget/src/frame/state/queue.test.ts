import { describe, expect, it } from "vitest";
import { delta, end, failure, gate, memory, setup, start, startOf } from "./testing/chat-setup.ts";

const HOUR_MS = 3_600_000;
const waiting = (chat: ReturnType<typeof setup>["chat"]) =>
  chat.queue.messages.value.map(({ text }) => text);

describe("a message written without a network", () => {
  it("is shown as waiting, and all of them are delivered once, in their order, when it is back", async () => {
    const { chat, sent, settled, setOnline, turns } = setup({
      scripts: [
        [startOf(5), end("One.")],
        [startOf(7), end("Two.")],
        [startOf(9), end("Three.")],
      ],
    });
    setOnline(false);
    for (const text of ["first", "second", "third"]) expect(chat.send(text)).toBe(true);
    expect(waiting(chat)).toEqual(["first", "second", "third"]);
    expect(sent).toEqual([]);

    setOnline(true);
    for (let answer = 0; answer < 3; answer += 1) await settled();
    await expect
      .poll(() => turns().map(({ answer }) => answer))
      .toEqual(["One.", "Two.", "Three."]);
    expect(sent.map(({ text }) => text)).toEqual(["first", "second", "third"]);
    expect(new Set(sent.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(3);
    expect(sent.map(({ conversationId }) => conversationId)).toEqual([undefined, "12", "12"]);
    expect(waiting(chat)).toEqual([]);
  });

  it("waits behind an answer whose connection is away", async () => {
    const back = gate();
    const { chat, sent, setOnline, last, turns } = setup({
      scripts: [
        [start, delta("Half "), back.closed, end("Half and half.")],
        [startOf(7), end("Next.")],
      ],
    });
    chat.send("first");
    await last(({ answer }) => answer === "Half ");
    setOnline(false);
    expect(chat.send("second")).toBe(true);
    setOnline(true);
    expect(sent).toHaveLength(1);
    back.open();
    await expect
      .poll(() => turns().map(({ answer }) => answer))
      .toEqual(["Half and half.", "Next."]);
  });

  it("waits for the message before it that could not be delivered", async () => {
    const { chat, sent, settled, setOnline, turns } = setup({
      scripts: [[failure("network")], [start, end("One.")], [startOf(7), end("Two.")]],
    });
    chat.send("first");
    await settled();
    setOnline(false);
    chat.send("second");
    setOnline(true);
    await expect.poll(() => turns().map(({ answer }) => answer)).toEqual(["One.", "Two."]);
    expect(sent.map(({ text }) => text)).toEqual(["first", "first", "second"]);
    expect(sent[0]?.idempotencyKey).toBe(sent[1]?.idempotencyKey);
  });

  it("can be taken back", async () => {
    const { chat, sent, setOnline } = setup();
    setOnline(false);
    chat.send("no");
    const [message] = chat.queue.messages.value;
    if (message) chat.queue.takeBack(message);
    setOnline(true);
    expect(waiting(chat)).toEqual([]);
    expect(sent).toEqual([]);
  });

  it("is still there after a reload, and then delivered under its key", async () => {
    const store = memory();
    const before = setup({ store });
    before.setOnline(false);
    before.chat.send("kept");
    const key = before.chat.queue.messages.value[0]?.idempotencyKey;

    const { chat, sent, turns } = setup({ store, scripts: [[start, end("Here.")]] });
    await chat.restore();
    await expect.poll(() => turns()).toMatchObject([{ question: "kept", answer: "Here." }]);
    expect(sent).toMatchObject([{ text: "kept", idempotencyKey: key }]);
    expect(store.queue()).toEqual([]);
  });

  it("is not sent twice by a reload that came while it was being sent", async () => {
    const store = memory();
    const message = { text: "once", idempotencyKey: "k", at: Date.now() };
    store.setQueue([message]);
    store.setOutbox({ ...message, useRag: true });
    const { chat, sent, turns } = setup({ store, scripts: [[start, end("Here.")]] });
    await chat.restore();
    await expect.poll(() => turns()).toMatchObject([{ question: "once", answer: "Here." }]);
    expect(sent).toHaveLength(1);
  });

  it("is not sent for a visitor by a tab that comes back hours later, but shown", async () => {
    const store = memory();
    store.setQueue([{ text: "old", idempotencyKey: "k", at: Date.now() - 2 * HOUR_MS }]);
    const { chat, sent, turns } = setup({ store });
    await chat.restore();
    expect(turns()).toMatchObject([
      { question: "old", phase: "failed", failure: { code: "unsent" } },
    ]);
    expect(sent).toEqual([]);
  });

  it("is nobody's but its writer's", async () => {
    const { chat, setOnline, signIn } = setup();
    await signIn("ada");
    setOnline(false);
    chat.send("of Ada");
    await signIn("bob");
    expect(waiting(chat)).toEqual([]);
    await signIn("ada");
    expect(waiting(chat)).toEqual(["of Ada"]);
  });
});

it("waits while it is not known yet who is writing, and is theirs then", async () => {
  const { chat, sent, signIn, turns } = setup({ scripts: [[start, end("Hello, Ada.")]] });
  const known = signIn("ada");
  expect(chat.activity.value).toBe("loading");
  expect(chat.send("It is me")).toBe(true);
  await known;
  await expect.poll(() => turns()).toMatchObject([{ question: "It is me", answer: "Hello, Ada." }]);
  expect(sent).toHaveLength(1);
});

describe("a message of the page", () => {
  it("waits for the answer before it, and for the visitor's consent", async () => {
    const { chat, sent, setMayAsk, turns } = setup({
      scripts: [
        [start, end("One.")],
        [startOf(7), end("Two.")],
      ],
    });
    setMayAsk(false);
    chat.enqueue("from a button");
    chat.enqueue(" from another ");
    expect(sent).toEqual([]);
    setMayAsk(true);
    await expect
      .poll(() => turns().map(({ question }) => question))
      .toEqual(["from a button", "from another"]);
  });

  it("that is empty is none", () => {
    const { chat } = setup();
    chat.enqueue("  ");
    expect(waiting(chat)).toEqual([]);
  });
});
