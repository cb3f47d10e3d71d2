import { expect, it } from "vitest";
import type { ChatModel } from "../turns/ports.ts";
import { createChatModel } from "./registry.ts";
import { ask } from "./testing/ask.ts";
import { startScriptedModel } from "./testing/scripted-server.ts";

const timeouts = { connectMs: 1_000, firstTokenMs: 5_000, idleMs: 5_000 };
const extractive: ChatModel = {
  name: "orcha/extractive",
  alwaysRetrieves: true,
  async *stream() {
    yield { type: "text", text: "quoted" };
    yield { type: "finish", finishReason: "stop", usage: undefined, model: this.name };
  },
};

it("is the extractive answerer when no model is configured", async () => {
  await using model = createChatModel({ models: [], timeouts }, { extractive });
  expect(model.name).toBe("orcha/extractive");
  expect(model.alwaysRetrieves).toBe(true);
  expect((await ask(model)).text).toBe("quoted");
});

it("falls back to the extractive answerer when that ends the chain", async () => {
  await using server = await startScriptedModel({ reply: () => ({ status: 401, body: "{}" }) });
  await using model = createChatModel(
    {
      models: [
        { provider: "openai", model: "gpt-5-mini", baseUrl: server.url, apiKey: "k" },
        { provider: "extractive" },
      ],
      timeouts,
    },
    { extractive },
  );
  const answer = await ask(model);
  expect(model.name).toBe("openai/gpt-5-mini");
  expect(model.alwaysRetrieves).toBe(false);
  expect(answer.text).toBe("quoted");
  expect(answer.finish?.model).toBe("orcha/extractive");
});

it("closes its connections when it is disposed of", async () => {
  await using server = await startScriptedModel({ reply: () => ({ ending: "hang" }) });
  const model = createChatModel(
    {
      models: [
        { provider: "openai-compatible", model: "m", baseUrl: server.url, apiKey: undefined },
      ],
      timeouts,
    },
    { extractive, wait: async () => {} },
  );
  const asked = ask(model);
  await expect.poll(() => server.requests.length).toBe(1);
  await model[Symbol.asyncDispose]();
  expect((await asked).error).toMatchObject({ code: "model_unavailable" });
  await expect.poll(() => server.openSockets()).toBe(0);
});
