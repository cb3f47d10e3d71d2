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

/** The quotes of an answer with the contexts they cite. */
function quotesIn(answer: string, contexts: readonly Context[]) {
  const body = answer.replace(/^From the documentation:\n\n/, "");
  return [...body.matchAll(/([\s\S]*?)\s+\[(\d+)\](?:\n\n|$)/g)].map(([, quote = "", number]) => ({
    quote,
    source: contexts[Number(number) - 1]?.text ?? "",
  }));
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
    const quotes = quotesIn(text, contexts);
    expect(quotes.length).toBeGreaterThan(0);
    for (const { quote, source } of quotes) expect(source).toContain(quote);
  }
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
  expect(text).toBe(
    "From the documentation:\n\n- `proxy`: routes requests through a proxy server. [1]",
  );
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
  const { text } = await ask("Which volcano erupted in the nineties?", { contexts: [EMBED] });
  expect(text).toContain(none);
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
