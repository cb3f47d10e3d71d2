import { OrchaError } from "@orcha/contract";
import { describe, expect, it } from "vitest";
import type { ChatModel } from "../turns/ports.ts";
import { aiSdkModel } from "./ai-sdk.ts";
import { ModelFault } from "./model-fault.ts";
import { loadAnthropic, loadGoogle, nativeConnections } from "./native-providers.ts";
import { createChatModel } from "./registry.ts";
import { ask, modelRequest } from "./testing/ask.ts";
import { ANTHROPIC_WIRE, GOOGLE_WIRE } from "./testing/recorded-wires.ts";
import type { ScriptedReply } from "./testing/scripted-reply.ts";
import { startScriptedModel } from "./testing/scripted-server.ts";

const KEY = "key-of-the-operator";
const SECRET_PROMPT = "the visitor's secret";

const { start, ping, blockStart, blockStop } = ANTHROPIC_WIRE;
const wires = [
  {
    provider: "anthropic" as const,
    load: loadAnthropic,
    keyHeader: "x-api-key",
    path: "/v1/messages",
    begin: (...texts: string[]) => [start, ping, blockStart, ...texts.map(ANTHROPIC_WIRE.text)],
    end: { stop: "end_turn", length: "max_tokens", content_filter: "refusal" },
    finish: (reason: string) => [blockStop, ANTHROPIC_WIRE.end(reason)],
    error: ANTHROPIC_WIRE.error,
  },
  {
    provider: "google" as const,
    load: loadGoogle,
    keyHeader: "x-goog-api-key",
    path: "/v1/models/test-model:streamGenerateContent?alt=sse",
    begin: (...texts: string[]) => texts.map(GOOGLE_WIRE.text),
    end: { stop: "STOP", length: "MAX_TOKENS", content_filter: "SAFETY" },
    finish: (reason: string) => [GOOGLE_WIRE.end(reason)],
    error: GOOGLE_WIRE.error,
  },
];

const extractive: ChatModel = {
  name: "orcha/extractive",
  alwaysRetrieves: true,
  async *stream() {
    yield { type: "text", text: "quoted" };
  },
};

describe.each(wires)("$provider", (wire) => {
  async function setup(reply: (n: number) => ScriptedReply, firstTokenMs = 5_000) {
    const server = await startScriptedModel({ reply: (_, n) => reply(n) });
    const failures: ModelFault[] = [];
    const model = createChatModel(
      {
        models: [
          { provider: wire.provider, model: "test-model", baseUrl: server.url, apiKey: KEY },
        ],
        timeouts: { connectMs: 1_000, firstTokenMs, idleMs: 5_000 },
      },
      {
        extractive,
        wait: async () => {},
        onFailure: ({ fault }) => failures.push(fault),
      },
    );
    return {
      server,
      model,
      failures,
      async [Symbol.asyncDispose]() {
        await model[Symbol.asyncDispose]();
        await server[Symbol.asyncDispose]();
      },
    };
  }

  const request = modelRequest({
    messages: [
      { role: "visitor", text: "I am Ada" },
      { role: "assistant", text: "Noted." },
      { role: "visitor", text: SECRET_PROMPT },
    ],
  });

  it("streams the text and finishes with usage, reason and the model's name", async () => {
    await using given = await setup(() => ({
      raw: [...wire.begin("Hel", "lo ", "東京 😀"), ...wire.finish(wire.end.stop)],
    }));
    const answer = await ask(given.model, request);

    expect(answer.error).toBeUndefined();
    expect(answer.text).toBe("Hello 東京 😀");
    expect(answer.finish).toEqual({
      type: "finish",
      finishReason: "stop",
      usage: { inputTokens: 12, outputTokens: 5 },
      model: `${wire.provider}/test-model`,
    });
  });

  it("sends the key, the instruction, the messages in order and the cap", async () => {
    await using given = await setup(() => ({
      raw: [...wire.begin("ok"), ...wire.finish(wire.end.stop)],
    }));
    await ask(given.model, request);

    const [sent] = given.server.requests;
    expect(sent?.path).toBe(wire.path);
    expect(sent?.headers[wire.keyHeader]).toBe(KEY);
    const body = JSON.stringify(sent?.body);
    const places = ["I am Ada", "Noted.", SECRET_PROMPT].map((text) => body.indexOf(text));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(places.toSorted((a, b) => a - b)).toEqual(places);
    expect(body).toContain("Be brief.");
    expect(body).toMatch(/"(max_tokens|maxOutputTokens)":64/);
  });

  it.each(["stop", "length", "content_filter"] as const)("knows the finish %s", async (reason) => {
    await using given = await setup(() => ({
      raw: [...wire.begin("ok"), ...wire.finish(wire.end[reason])],
    }));
    expect((await ask(given.model)).finish?.finishReason).toBe(reason);
  });

  it("calls an answer that was filtered whole blocked", async () => {
    await using given = await setup(() => ({
      raw: [...wire.begin(), ...wire.finish(wire.end.content_filter)],
    }));
    const { error } = await ask(given.model);
    expect(error).toMatchObject({ code: "answer_blocked" });
    expect(given.server.requests).toHaveLength(1);
  });

  it.each<[string, readonly string[], "cut" | "done"]>([
    ["a cut socket", [], "cut"],
    ["an early end", [], "done"],
    ["an error event", [wire.error], "done"],
    ["garbage", ["data: {oops\n\n"], "done"],
  ])("gives the text so far, then fails after %s", async (_, rest, ending) => {
    await using given = await setup(() => ({ raw: [...wire.begin("half"), ...rest], ending }));
    const answer = await ask(given.model);
    expect(answer.text).toBe("half");
    expect(answer.finish).toBeUndefined();
    expect(answer.error).toMatchObject({ code: "model_unavailable" });
  });

  it.each<[string, ScriptedReply]>([
    ["a refusal for now", { status: 503, body: '{"error":{"message":"busy"}}' }],
    ["an error as first event", { raw: [wire.error] }],
    ["a cut before the first token", { raw: wire.begin(), ending: "cut" }],
    ["a reset", { ending: "reset" }],
  ])("tries once more after %s", async (_, reply) => {
    await using given = await setup((n) =>
      n === 1 ? reply : { raw: [...wire.begin("fine"), ...wire.finish(wire.end.stop)] },
    );
    expect((await ask(given.model)).text).toBe("fine");
    expect(given.server.requests).toHaveLength(2);
  });

  it("fails on a bad key at once, without the prompt or the key in anything that could be logged", async () => {
    await using given = await setup(() => ({
      status: 401,
      body: '{"type":"error","error":{"type":"authentication_error","message":"invalid key","code":401,"status":"X"}}',
    }));
    const { error, elapsedMs } = await ask(given.model, request);

    expect(given.server.requests).toHaveLength(1);
    expect(elapsedMs).toBeLessThan(2_000);
    expect(error).toBeInstanceOf(OrchaError);
    const { cause } = error instanceof OrchaError ? error : { cause: undefined };
    expect(cause).toBeInstanceOf(ModelFault);
    expect(cause).toMatchObject({ kind: "rejected", message: expect.stringContaining("invalid") });
    const logged = JSON.stringify([error, cause, given.failures, String(cause), cause]);
    expect(logged).not.toContain(SECRET_PROMPT);
    expect(logged).not.toContain(KEY);
    expect(cause instanceof Error ? cause.cause : "").toBeUndefined();
  });

  it("obeys the time limit for the first token and closes the socket", async () => {
    await using given = await setup(() => ({ raw: wire.begin(), ending: "hang" }), 300);
    const answer = await ask(given.model);
    expect(answer.error).toMatchObject({ code: "model_timeout" });
    expect(await given.server.requests[0]?.closed).toMatchObject({ early: true });
  });

  it("closes the socket at once when the caller aborts in the middle", async () => {
    await using given = await setup(() => ({ raw: wire.begin("half"), ending: "hang" }));
    const controller = new AbortController();
    const reason = new Error("stop");
    let abortedAt = 0;
    const reading = (async () => {
      for await (const _ of given.model.stream(request, controller.signal)) {
        abortedAt = performance.now();
        controller.abort(reason);
      }
    })();
    await expect(reading).rejects.toBe(reason);
    const closed = await given.server.requests[0]?.closed;
    expect(closed?.early).toBe(true);
    expect((closed?.at ?? Number.POSITIVE_INFINITY) - abortedAt).toBeLessThan(250);
  });

  it("closes the socket when the caller stops reading", async () => {
    await using given = await setup(() => ({ raw: wire.begin("half"), ending: "hang" }));
    await using connections = nativeConnections(1_000);
    const bareModel = aiSdkModel("bare", () =>
      wire.load({ model: "m", baseUrl: given.server.url, apiKey: KEY, connections }),
    );
    for await (const part of bareModel.stream(request, new AbortController().signal)) {
      if (part.type === "text") break;
    }
    expect(await given.server.requests[0]?.closed).toMatchObject({ early: true });
  });

  it("goes on using its connection", async () => {
    await using given = await setup(() => ({
      raw: [...wire.begin("ok"), ...wire.finish(wire.end.stop)],
    }));
    for (let turn = 0; turn < 6; turn += 1) await ask(given.model);
    expect(await given.server.openSockets()).toBeLessThanOrEqual(2);
  });
});
