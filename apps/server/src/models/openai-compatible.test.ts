import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { setImmediate as nextTick } from "node:timers/promises";
import { OrchaError } from "@orcha/contract";
import { describe, expect, it } from "vitest";
import { ModelFault } from "./model-fault.ts";
import { openAiCompatible } from "./openai-compatible.ts";
import { type Asked, ask, modelRequest } from "./testing/ask.ts";
import type { ScriptedReply } from "./testing/scripted-reply.ts";
import { startScriptedModel } from "./testing/scripted-server.ts";

const KEY = "sk-secret-of-the-operator";

async function setup(reply: ScriptedReply) {
  const server = await startScriptedModel({ reply: () => reply });
  const model = openAiCompatible({
    name: "openai-compatible/llama",
    model: "llama",
    baseUrl: server.url,
    apiKey: KEY,
    connectMs: 1_000,
  });
  return {
    server,
    model,
    async [Symbol.asyncDispose]() {
      await model[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function answerTo(reply: ScriptedReply): Promise<Asked> {
  await using given = await setup(reply);
  return await ask(given.model);
}

function codeOf(error: unknown): string | undefined {
  return error instanceof OrchaError ? error.code : undefined;
}

describe("a whole answer", () => {
  it("streams the text and finishes with usage, reason and the model's name", async () => {
    const answer = await answerTo({ tokens: ["Hel", "lo ", "Wörld 😀"], usage: [11, 3] });

    expect(answer.error).toBeUndefined();
    expect(answer.text).toBe("Hello Wörld 😀");
    expect(answer.finish).toEqual({
      type: "finish",
      finishReason: "stop",
      usage: { inputTokens: 11, outputTokens: 3 },
      model: "openai-compatible/llama",
    });
  });

  it("asks for a stream with usage and always caps the tokens", async () => {
    await using given = await setup({ tokens: ["ok"] });
    await ask(
      given.model,
      modelRequest({
        messages: [
          { role: "visitor", text: "I am Ada" },
          { role: "assistant", text: "Noted." },
          { role: "visitor", text: "Who am I?" },
        ],
      }),
    );

    const [request] = given.server.requests;
    expect(request?.path).toBe("/v1/chat/completions");
    expect(request?.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(request?.body).toEqual({
      model: "llama",
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "I am Ada" },
        { role: "assistant", content: "Noted." },
        { role: "user", content: "Who am I?" },
      ],
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 64,
    });
  });

  it("sends neither blank messages nor two of the same side in a row, which some servers refuse", async () => {
    await using given = await setup({ tokens: ["ok"] });
    await ask(
      given.model,
      modelRequest({
        system: "",
        messages: [
          { role: "assistant", text: "left over" },
          { role: "visitor", text: "One" },
          { role: "assistant", text: " " },
          { role: "visitor", text: "Two" },
        ],
      }),
    );

    expect(given.server.requests[0]?.body.messages).toEqual([
      { role: "user", content: "One\n\nTwo" },
    ]);
  });

  it("gives all tokens of one network read as one text", async () => {
    const answer = await answerTo({ tokens: Array.from({ length: 40 }, (_, n) => `token${n} `) });
    expect(answer.texts).toHaveLength(1);
  });

  it("gives tokens that come one by one as they come", async () => {
    const answer = await answerTo({ tokens: ["a", "b", "c"], tokenMs: 20 });
    expect(answer.texts).toEqual(["a", "b", "c"]);
  });

  it.each([1, 2, 3, 7])("reads a stream cut into pieces of %i bytes", async (pieceBytes) => {
    const tokens = ["Grüße ", "東京 ", "👩‍👩‍👧 ", "end"];
    const answer = await answerTo({ tokens, pieceBytes });
    expect(answer.text).toBe(tokens.join(""));
    expect(answer.finish?.usage).toEqual({ inputTokens: 7, outputTokens: 4 });
  });

  it("reads lines that end in carriage returns, and a last event without a blank line", async () => {
    const event = (content: string, reason: string | null) =>
      `data:${JSON.stringify({ choices: [{ delta: { content }, finish_reason: reason }] })}`;
    const answer = await answerTo({
      raw: [`${event("a", null)}\r\n\r\n`, `${event("b", null)}\r\n\r\n`, event("c", "stop")],
    });
    expect(answer.text).toBe("abc");
    expect(answer.finish?.finishReason).toBe("stop");
  });

  it("goes on using its connections for answers that follow each other", async () => {
    await using given = await setup({ tokens: ["ok"] });
    for (let turn = 0; turn < 10; turn += 1) await ask(given.model);
    // The next call may start before the end of the last response is read.
    expect(await given.server.openSockets()).toBeLessThanOrEqual(2);
  });
});

describe("servers that differ", () => {
  it.each<[string, ScriptedReply]>([
    ["no usage", { tokens: ["ok"], usage: null }],
    ["no end mark", { tokens: ["ok"], ending: "no-done", usage: null }],
    ["no finish reason but an end mark", { tokens: ["ok"], finishReason: null, usage: null }],
    ["comments", { tokens: ["ok"], extraEvents: [": ping", ": OPENROUTER PROCESSING"] }],
    ["empty choices", { tokens: ["ok"], extraEvents: [{ choices: [] }, { choices: null }] }],
    [
      "reasoning",
      {
        tokens: ["ok"],
        extraEvents: [{ choices: [{ delta: { reasoning_content: "hm", content: null } }] }],
      },
    ],
    ["a null error", { tokens: ["ok"], extraEvents: [{ error: null, choices: [] }] }],
    ["nonsensical usage", { tokens: ["ok"], usage: [-1, 0.5] }],
  ])("answers with %s", async (_, reply) => {
    const answer = await answerTo(reply);
    expect(answer.error).toBeUndefined();
    expect(answer.text).toBe("ok");
    expect(answer.finish?.finishReason).toBe("stop");
  });

  it("finishes soon when the server keeps the socket open after the finish reason", async () => {
    const answer = await answerTo({
      tokens: ["ok"],
      extraEvents: [{ choices: [{ delta: {}, finish_reason: "length" }] }],
      ending: "hang",
    });
    expect(answer.finish?.finishReason).toBe("length");
    expect(answer.elapsedMs).toBeLessThan(2_000);
  });

  it.each([
    ["stop", "stop"],
    ["length", "length"],
    ["content_filter", "content_filter"],
    ["tool_calls", "stop"],
    ["eos", "stop"],
  ])("reads the finish reason %s as %s", async (wire, finishReason) => {
    const answer = await answerTo({ tokens: ["text"], finishReason: wire });
    expect(answer.finish?.finishReason).toBe(finishReason);
  });
});

describe("faults", () => {
  it.each<[string, ScriptedReply]>([
    ["a cut in the middle", { tokens: ["part", "ial"], ending: "cut" }],
    ["an end in the middle", { raw: ['data: {"choices":[{"delta":{"content":"partial"}}]}\n\n'] }],
    [
      "an error event in the middle",
      { tokens: ["partial"], extraEvents: [{ error: { message: "upstream broke", code: 502 } }] },
    ],
    ["an error as text", { tokens: ["partial"], extraEvents: [{ error: "out of memory" }] }],
    ["a finish by error", { tokens: ["partial"], finishReason: "error" }],
    ["an event that is no JSON", { tokens: ["partial"], extraEvents: ["data: {oops"] }],
    ["an event that is no object", { tokens: ["partial"], extraEvents: ["data: 12"] }],
  ])("gives the text so far, then fails after %s", async (_, reply) => {
    const answer = await answerTo(reply);
    expect(answer.text).toBe("partial");
    expect(answer.finish).toBeUndefined();
    expect(codeOf(answer.error)).toBe("model_unavailable");
  });

  it("fails on garbage", async () => {
    const bytes = Uint8Array.from({ length: 5_000 }, (_, n) => (n * 7919) % 256);
    const answer = await answerTo({ raw: [bytes, bytes] });
    expect(codeOf(answer.error)).toBe("model_unavailable");
    expect(answer.text).toBe("");
  });

  it.each<["reset" | "cut"]>([["reset"], ["cut"]])(
    "fails on a connection that closes before the first token: %s",
    async (ending) => {
      const answer = await answerTo({ ending });
      expect(codeOf(answer.error)).toBe("model_unavailable");
    },
  );

  it("gives up connecting in time", async () => {
    // It accepts the connection, but never does the TLS handshake.
    const mute = createServer(() => {}).listen(0, "127.0.0.1");
    await once(mute, "listening");
    await using model = openAiCompatible({
      name: "openai-compatible/m",
      model: "m",
      // A TCP server's address is a string only for pipes.
      baseUrl: `https://127.0.0.1:${(mute.address() as AddressInfo).port}/v1`,
      apiKey: KEY,
      connectMs: 60,
    });
    const answer = await ask(model);
    expect(codeOf(answer.error)).toBe("model_timeout");
    expect(answer.elapsedMs).toBeLessThan(2_000);
    mute.close();
  });

  it("fails when nothing listens", async () => {
    await using given = await setup({});
    await given.server[Symbol.asyncDispose]();
    const answer = await ask(given.model);
    expect(codeOf(answer.error)).toBe("model_unavailable");
  });

  it.each([
    ["line", "data: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx".repeat(2_000)],
    ["event of many lines", `data: ${"x".repeat(60_000)}\n`],
  ])("does not collect an endless %s", async (_, endlessPiece) => {
    await using given = await setup({ ending: "endless", endlessPiece });
    const answer = await ask(given.model);
    expect(codeOf(answer.error)).toBe("model_unavailable");
    expect(await given.server.requests[0]?.closed).toMatchObject({ early: true });
  });

  it("closes the socket when the caller stops reading an endless answer", async () => {
    await using given = await setup({ tokens: ["more "], ending: "endless" });
    for await (const part of given.model.stream(modelRequest(), new AbortController().signal)) {
      if (part.type === "text") break;
    }
    expect(await given.server.requests[0]?.closed).toMatchObject({ early: true });
  });

  it("lets the server wait for a caller that does not read", async () => {
    await using given = await setup({ tokens: ["x".repeat(20_000)], ending: "endless" });
    const parts = given.model.stream(modelRequest(), new AbortController().signal);
    const iterator = parts[Symbol.asyncIterator]();
    await iterator.next();
    for (let turn = 0; turn < 1_000; turn += 1) await nextTick();

    const piledUp = await iterator.next();
    await iterator.return?.();
    expect(piledUp.value?.text.length).toBeGreaterThan(0);
    expect(piledUp.value?.text.length).toBeLessThan(512 * 1024);
  });

  it("bears comments without end until the caller leaves", async () => {
    await using given = await setup({
      ending: "endless",
      endlessPiece: `: ${"x".repeat(60_000)}\n`,
    });
    const controller = new AbortController();
    const asked = ask(given.model, modelRequest(), controller.signal);
    for (let turn = 0; turn < 500; turn += 1) await nextTick();
    controller.abort(new Error("gone"));
    expect((await asked).error).toMatchObject({ message: "gone" });
  });

  it("calls an answer that was filtered whole blocked", async () => {
    const answer = await answerTo({ tokens: [], finishReason: "content_filter" });
    expect(codeOf(answer.error)).toBe("answer_blocked");
  });

  it("calls a prompt that the provider's filter refused blocked", async () => {
    const body = JSON.stringify({ error: { code: "content_filter", message: "policy" } });
    const answer = await answerTo({ status: 400, body });
    expect(codeOf(answer.error)).toBe("answer_blocked");
  });
});

describe("error statuses", () => {
  it.each([
    [400, "rejected"],
    [401, "rejected"],
    [403, "rejected"],
    [404, "rejected"],
    [302, "rejected"],
    [408, "transient"],
    [409, "transient"],
    [429, "transient"],
    [500, "transient"],
    [503, "transient"],
  ])("fails at once on %i, the provider's words in the cause only", async (status, kind) => {
    const providerText = "invalid key sk-secret at /srv/llm";
    const answer = await answerTo({ status, body: `{"error":{"message":"${providerText}"}}` });

    expect(codeOf(answer.error)).toBe("model_unavailable");
    const error = answer.error instanceof OrchaError ? answer.error : undefined;
    expect(error?.message).toBe("The assistant cannot answer right now. Please try again.");
    expect(error?.cause).toBeInstanceOf(ModelFault);
    expect(error?.cause).toMatchObject({ kind, message: expect.stringContaining(providerText) });
  });

  it("does not wait for the words of an error", async () => {
    await using given = await setup({ tokens: ["ok"] });
    await ask(given.model); // The connection is there.
    await using slow = await setup({ status: 401, ending: "hang" });
    const answer = await ask(slow.model);
    expect(codeOf(answer.error)).toBe("model_unavailable");
    expect(answer.elapsedMs).toBeLessThan(100);
  });

  it.each([
    [{ "retry-after": "3" }, 3_000],
    [{ "retry-after-ms": "250", "retry-after": "3" }, 250],
    [{ "retry-after": "soon" }, undefined],
  ])("reads %j", async (headers, retryAfterMs) => {
    const answer = await answerTo({ status: 429, headers, body: "{}" });
    const cause = answer.error instanceof OrchaError ? answer.error.cause : undefined;
    expect(cause).toMatchObject({ kind: "transient" });
    expect(cause instanceof ModelFault ? cause.retryAfterMs : -1).toBe(retryAfterMs);
  });
});

describe("aborting", () => {
  it.each<[string, ScriptedReply]>([
    ["before the head", { ending: "silence" }],
    ["before the first token", { ending: "hang" }],
    ["in the middle", { tokens: ["a"], ending: "hang" }],
  ])("destroys the socket at once %s", async (_, reply) => {
    await using given = await setup(reply);
    const controller = new AbortController();
    const reason = new Error("The visitor pressed stop");
    const asked = ask(given.model, modelRequest(), controller.signal);
    await expect.poll(() => given.server.requests.length).toBe(1);
    await expect.poll(() => given.server.openSockets()).toBe(1);

    const abortedAt = performance.now();
    controller.abort(reason);
    const answer = await asked;
    const closed = await given.server.requests[0]?.closed;

    expect(answer.error).toBe(reason);
    expect(closed?.early).toBe(true);
    expect((closed?.at ?? Number.POSITIVE_INFINITY) - abortedAt).toBeLessThan(100);
  });

  it("makes no call when it was aborted before", async () => {
    await using given = await setup({ tokens: ["a"] });
    const answer = await ask(given.model, modelRequest(), AbortSignal.abort(new Error("gone")));
    expect(answer.error).toMatchObject({ message: "gone" });
    expect(given.server.requests).toHaveLength(0);
  });
});

describe("the address", () => {
  it("may end in a slash and may have a query", async () => {
    await using server = await startScriptedModel();
    await using model = openAiCompatible({
      name: "openai-compatible/m",
      model: "m",
      baseUrl: `${server.url}/?api-version=2`,
      apiKey: undefined,
      connectMs: 1_000,
    });
    await ask(model);
    expect(server.requests[0]?.path).toBe("/v1/chat/completions?api-version=2");
    expect(server.requests[0]?.headers.authorization).toBeUndefined();
  });
});
