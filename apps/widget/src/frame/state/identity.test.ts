import { describe, expect, it } from "vitest";
import { delta, end, failure, gate, message, setup, start, until } from "./testing/chat-setup.ts";

const transcript = [message("visitor", "Mine"), message("assistant", "Yours.")];

describe("a visitor who signs in", () => {
  it("keeps the conversation, and sends token and secret together from then on", async () => {
    const { chat, sent, settled, signIn, turns, reads, store } = setup({
      scripts: [
        [start, end("Hello.")],
        [start, end("Ada.")],
      ],
    });
    chat.send("Hi");
    await settled();
    await signIn("ada");
    expect(turns()).toMatchObject([{ question: "Hi", answer: "Hello." }]);
    // The server hears of it at once, so that the conversation changes hands.
    expect(reads).toEqual(["12"]);

    await settled();
    chat.send("Who am I?");
    await settled();
    expect(sent[0]?.authToken).toBeUndefined();
    expect(sent[1]).toMatchObject({ conversationId: "12", visitor: "visitor-secret" });
    expect(sent[1]?.authToken).toBeTypeOf("function");
    expect(store.scope).toContain("ada");
  });

  it("does so in the middle of an answer", async () => {
    const middle = gate();
    const { chat, settled, signIn, turns, store } = setup({
      scripts: [[start, delta("Half "), middle.closed, end("Half and half.")]],
    });
    chat.send("Hi");
    await signIn("ada");
    middle.open();
    await settled();
    expect(turns()).toMatchObject([{ answer: "Half and half.", phase: "done" }]);
    expect(store.conversation()).toBe("12");
  });

  it("keeps it over a page that was loaded anew for signing in", async () => {
    const { chat, store, settled } = setup({ scripts: [[start, end("Hello.")]] });
    chat.send("Hi");
    await settled();

    const { pages, turns, signIn } = setup({ store });
    pages.push(transcript);
    await signIn("ada");
    expect(turns()).toMatchObject([{ question: "Mine", answer: "Yours." }]);
  });

  it("finds the conversation of before when nothing was said meanwhile", async () => {
    const { store, signIn, pages, turns } = setup();
    pages.push(transcript);
    await signIn("ada");
    store.setConversation(12);
    await signIn(undefined);
    expect(turns()).toEqual([]);
    await signIn("ada");
    expect(turns()).toMatchObject([{ question: "Mine" }]);
  });

  it("needs no visitor secret", async () => {
    const { chat, sent, settled, signIn } = setup({ scripts: [[start, end("Hello.")]] });
    await signIn("ada");
    chat.send("Hi");
    await settled();
    expect(sent[0]?.visitor).toBeUndefined();
  });
});

describe("a visitor who signs out", () => {
  it("leaves nothing to the next one: no transcript, no conversation, another secret", async () => {
    const open = gate();
    const { chat, sent, settled, signIn, turns, store } = setup({
      scripts: [
        [start, end("Secret.")],
        [open.closed, delta("Late")],
        [start, end("Hello.")],
      ],
    });
    await signIn("ada");
    chat.send("Mine");
    await settled();
    chat.send("And this?");
    await signIn(undefined);
    open.open();
    expect(turns()).toEqual([]);
    expect(chat.activity.value).toBe("idle");
    expect([store.conversation(), store.outbox()]).toEqual([undefined, undefined]);

    chat.send("Hi");
    await settled();
    expect(turns()).toMatchObject([{ question: "Hi", answer: "Hello." }]);
    expect(sent[2]).toMatchObject({ visitor: "secret after reset 1", authToken: undefined });
    expect(sent[2]?.conversationId).toBeUndefined();
  });

  it("and another who signs in have their own conversations", async () => {
    const { chat, settled, signIn, turns, store } = setup({ scripts: [[start, end("Secret.")]] });
    await signIn("ada");
    chat.send("Mine");
    await settled();
    await signIn("bob");
    expect(turns()).toEqual([]);
    expect(store.conversation()).toBeUndefined();
    await signIn("ada");
    expect(store.conversation()).toBe("12");
  });
});

describe("a tenant that wants to know its visitors", () => {
  it("asks them to sign in, and lets them chat once they have", async () => {
    const { chat, requireSignIn, signIn } = setup();
    requireSignIn();
    await chat.restore();
    expect(chat.mustSignIn.value).toBe(true);
    await signIn("ada");
    expect(chat.mustSignIn.value).toBe(false);
  });

  it("answers the refused question by itself after signing in", async () => {
    const { chat, settled, signIn, turns } = setup({
      scripts: [[failure("unauthorized")], [start, end("Hello, Ada.")]],
    });
    chat.send("Hi");
    await settled();
    expect(turns()).toMatchObject([{ failure: { message: "Sentence for unauthorized." } }]);
    await signIn("ada");
    await settled();
    expect(turns()).toMatchObject([{ question: "Hi", answer: "Hello, Ada.", phase: "done" }]);
  });
});

describe("while it is open who is there", () => {
  it("hides the chat from a page that takes its time, and shows it again to the same person", async () => {
    const { chat, settled, signIn, turns } = setup({ scripts: [[start, end("Secret.")]] });
    await signIn("ada");
    chat.send("Mine");
    await settled();
    const { closed, open } = gate();
    const known = signIn("ada", closed);
    expect(chat.isUnsure.value).toBe(false);
    await until(chat.isUnsure, (isUnsure) => isUnsure);
    open();
    await known;
    expect(chat.isUnsure.value).toBe(false);
    expect(turns()).toMatchObject([{ question: "Mine", answer: "Secret." }]);
  });

  it("takes what was on screen away when the page cannot tell, until it can", async () => {
    const { chat, pages, settled, signIn, turns } = setup({ scripts: [[start, end("Secret.")]] });
    await signIn("ada");
    chat.send("Mine");
    await settled();
    await signIn(new Error("offline"));
    expect(turns()).toEqual([]);
    expect(chat.restoring.value).toMatchObject({ failed: expect.any(String) });

    pages.push(transcript);
    await signIn("ada");
    expect(turns()).toMatchObject([{ question: "Mine", answer: "Yours." }]);
  });

  it("leaves another one neither a draft nor a question that was being edited", async () => {
    const { chat, sent, settled, signIn, turns } = setup({
      scripts: [
        [start, end("Secret.")],
        [start, end("Hello.")],
      ],
    });
    await signIn("ada");
    chat.send("Mine");
    await settled();
    chat.edit(chat.turns.value[0]);
    chat.draft.value = "Mine, and more";
    const before = chat.visitors.value;
    await signIn("bob");
    expect(chat.visitors.value).not.toBe(before);
    expect([chat.draft.value, chat.editing.value]).toEqual(["", undefined]);
    chat.send("Hi");
    await settled();
    expect(turns()).toMatchObject([{ question: "Hi", answer: "Hello." }]);
    expect(sent[1]).toMatchObject({ text: "Hi" });
    expect(sent[1]?.conversationId).toBeUndefined();
  });
});

it("counts somebody who signs out as gone, and not who stays to read what became of their data", async () => {
  const { chat } = setup();
  const before = chat.visitors.value;
  await chat.logout(true);
  expect(chat.visitors.value).toBe(before);
  await chat.logout();
  expect(chat.visitors.value).not.toBe(before);
});

it("shows nothing of anybody's while the page cannot tell who is there", async () => {
  const { chat, signIn, turns, pages, store } = setup();
  pages.push(transcript);
  await signIn("ada");
  store.setConversation(12);
  await signIn(new Error("offline"));
  expect(chat.restoring.value).toMatchObject({ failed: expect.any(String) });
  expect(turns()).toEqual([]);
});
