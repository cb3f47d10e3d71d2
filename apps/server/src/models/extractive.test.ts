import type { Context } from "@orcha/contract";
import { expect, it } from "vitest";
import type { ChatModelRequest } from "../turns/ports.ts";
import { createExtractiveAnswerer } from "./extractive.ts";

const context = (text: string, title = "Guide", score = 8): Context => ({
  id: "1",
  title,
  source: "guide.md",
  url: null,
  text,
  score,
  page: null,
  start: 400,
  end: 400 + text.length,
});

const EMBED = context(
  "## Embed the widget\n\nTo embed the widget, put this before the end of the body:\n\n" +
    '```html\n<script async src="https://chat.example/aura.js"></script>\n\n<script>init()</script>\n```\n\n' +
    "The bubble appears in the lower right corner. Reload the page to see it.",
);
const BILLING = context(
  "## Refunds\n\nInvoices come by mail. A refund takes five working days. It goes to your card.\n\n" +
    "1. Open the invoice.\n2. Choose Refund.\n3. Confirm it.",
  "Billing",
  6,
);

async function ask(question: string, request: Partial<ChatModelRequest> = {}) {
  const parts = [];
  const stream = createExtractiveAnswerer().stream(
    {
      system: "",
      messages: [{ role: "visitor", text: question }],
      contexts: [],
      corpusIsEmpty: false,
      maxOutputTokens: 1_000,
      ...request,
    },
    new AbortController().signal,
  );
  for await (const part of stream) parts.push(part);
  return {
    finish: parts.at(-1),
    text: parts.map((part) => (part.type === "text" ? part.text : "")).join(""),
  };
}

/** The blocks of an answer without their marks, and all that it cites. */
function quotesIn(answer: string, contexts: readonly Context[]) {
  const cited = [...answer.matchAll(/ \[(\d+)\](?=\n\n|$)/g)];
  return {
    quotes: answer.split("\n\n").map((block) => block.replace(/ \[\d+\]$/, "")),
    sources: cited.map(([, number]) => contexts[Number(number) - 1]?.text ?? ""),
  };
}

it("quotes code whole, with the sentence that announces it, and cites it", async () => {
  const { text, finish } = await ask("How do I embed the widget?", { contexts: [BILLING, EMBED] });
  expect(text).toContain(
    "To embed the widget, put this before the end of the body:\n\n```html\n<script async",
  );
  expect(text).toContain("<script>init()</script>\n```\n");
  expect(finish).toEqual({
    type: "finish",
    finishReason: "stop",
    usage: { inputTokens: 0, outputTokens: 0 },
    model: "extractive",
  });
});

it("quotes nothing but what stands in the cited context, word for word", async () => {
  const contexts = [EMBED, BILLING];
  for (const question of [
    "How do I embed the widget?",
    "How long does a refund take?",
    "Where does the bubble appear?",
    "What are the steps for a refund of an invoice?",
  ]) {
    const { text } = await ask(question, { contexts });
    const { quotes, sources } = quotesIn(text, contexts);
    expect(sources.length).toBeGreaterThan(0);
    for (const quote of quotes) {
      expect(
        sources.some((source) => source.includes(quote)),
        quote,
      ).toBe(true);
    }
  }
});

it("puts the mark behind the words that announce code, or before which it stands", async () => {
  const code = "Start it so:\n\n```sh\nnpm start\n```";
  const start = context(`## Start the server\n\n${code}`);
  expect((await ask("How do I start the server?", { contexts: [start] })).text).toBe(
    "Start it so: [1]\n\n```sh\nnpm start\n```",
  );
  const explained = context(`## Start the server\n\n${code}\n\nIt listens on port 8000.`);
  expect((await ask("How do I start the server?", { contexts: [explained] })).text).toBe(
    `${code}\n\nIt listens on port 8000. [1]`,
  );
});

it("answers from the section whose heading is the question, and from no cross-reference", async () => {
  const pointing = context(
    "## Trouble\n\nA page may block it: see embed the widget.",
    "Trouble",
    8,
  );
  const privacy = context(
    "## Who can read a conversation?\n\nOnly its owner.\n\n## Logs\n\nYou can read a line for each conversation.",
    "Privacy",
    7,
  );
  expect((await ask("Who can read a conversation?", { contexts: [pointing, privacy] })).text).toBe(
    "Only its owner. [2]",
  );
  expect((await ask("embed the widget", { contexts: [pointing] })).text).toContain("no answer");
});

it("adds a second quote only for what the first does not tell", async () => {
  const cookies = context("## Cookies\n\nThe chat sets one cookie.", "Privacy", 8);
  const more = context("## Frames\n\nThe frame of the chat may have a cookie.", "Frames", 5);
  const price = context("## Price\n\nThe chat costs nothing.", "Price", 7);
  expect((await ask("Which cookies?", { contexts: [cookies, more] })).text).toBe(
    "The chat sets one cookie. [1]",
  );
  const both = await ask("Which cookies does it set, and what does it cost?", {
    contexts: [cookies, price],
  });
  expect(both.text).toBe("The chat sets one cookie. [1]\n\nThe chat costs nothing. [2]");
});

it("keeps steps together", async () => {
  const { text } = await ask("How do I choose a refund and confirm it?", { contexts: [BILLING] });
  expect(text).toContain("1. Open the invoice.\n2. Choose Refund.\n3. Confirm it. [1]");
});

it("quotes only the item that answers from a long list", async () => {
  const items = Array.from({ length: 30 }, (_, at) => `- \`option${at}\`: sets the thing ${at}.`);
  items[7] = "- `proxy`: routes requests through a proxy server.";
  const { text } = await ask("Which option routes requests through a proxy?", {
    contexts: [context(`## Options\n\n${items.join("\n")}`)],
  });
  expect(text).toBe("- `proxy`: routes requests through a proxy server. [1]");
});

it("cuts long prose to the sentences that answer", async () => {
  const filler = "Something else is told here at some length and does not matter. ".repeat(20);
  const { text } = await ask("How long does a refund take?", {
    contexts: [context(`${filler}A refund takes five working days. ${filler}`.trim())],
  });
  expect(text).toContain("A refund takes five working days.");
  expect(text.split(/\s+/).length).toBeLessThan(80);
});

it("says so when the documents hold no answer", async () => {
  const none = "The documents I have hold no answer to that.";
  expect((await ask("What about volcanoes?")).text).toContain(none);
  expect((await ask("What about volcanoes?", { contexts: undefined })).text).toContain(none);
  for (const offTopic of [
    "Which volcano erupted in the nineties?",
    "What is the best place to see a volcano?",
    "How many days does a volcano sleep?",
    "When does a bubble of soap burst?",
    "What is 2 + 2?",
  ]) {
    expect((await ask(offTopic, { contexts: [EMBED, BILLING] })).text).toContain(none);
  }
});

it("says what to configure when there are no documents", async () => {
  const { text } = await ask("How do I embed the widget?", { corpusIsEmpty: true });
  expect(text).toContain("--knowledge DIR");
  expect(text).toContain("ORCHA_KNOWLEDGE_DIR");
  expect(text).toContain("ORCHA_MODELS");
});

it("greets back, whatever was retrieved", async () => {
  for (const greeting of ["Hi", "hello!", "Good morning", "Hey there"]) {
    expect((await ask(greeting, { contexts: [EMBED] })).text).toMatch(/^Hello! /);
  }
  expect((await ask("thanks a lot!", { contexts: [EMBED] })).text).toMatch(/^You are welcome/);
  expect((await ask("hi", { corpusIsEmpty: true })).text).toContain("no documents yet");
});

it("understands a follow-up by the message before it", async () => {
  const { text } = await ask("", {
    contexts: [BILLING],
    messages: [
      { role: "visitor", text: "I want a refund" },
      { role: "assistant", text: "Well." },
      { role: "visitor", text: "how long does that take?" },
    ],
  });
  expect(text).toContain("A refund takes five working days.");
});

it("quotes documents in their own language", async () => {
  const { text } = await ask("Wie viele Tage dauern Lieferungen?", {
    contexts: [
      context(
        "Wir packen alles ein. Die Lieferungen dauern drei Tage und sind für Kunden kostenlos.",
      ),
    ],
  });
  expect(text).toContain("Die Lieferungen dauern drei Tage");
});

it("stops when the turn is aborted", async () => {
  const answer = createExtractiveAnswerer().stream(
    {
      system: "",
      messages: [{ role: "visitor", text: "embed the widget" }],
      contexts: [EMBED],
      corpusIsEmpty: false,
      maxOutputTokens: 100,
    },
    AbortSignal.abort(),
  );
  await expect(answer[Symbol.asyncIterator]().next()).rejects.toThrow();
});
