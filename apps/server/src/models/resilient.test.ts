import { setImmediate as nextTick } from "node:timers/promises";
import { OrchaError } from "@orcha/contract";
import { describe, expect, it } from "vitest";
import type { ModelFault } from "./model-fault.ts";
import { openAiCompatible } from "./openai-compatible.ts";
import { type ModelFailure, resilientModel } from "./resilient.ts";
import { ask, modelRequest } from "./testing/ask.ts";
import type { ScriptedReply } from "./testing/scripted-reply.ts";
import { type ModelScript, startScriptedModel } from "./testing/scripted-server.ts";

const DOWN: ScriptedReply = { status: 503, body: "{}" };
const UP: ScriptedReply = { tokens: ["fine"] };

interface Settings {
  readonly firstTokenMs?: number;
  readonly idleMs?: number;
}

/** A chain `test/m1`, `test/m2`, … of scripted servers; waiting takes no time but moves the clock. */
async function setup(scripts: readonly ModelScript["reply"][], settings: Settings = {}) {
  const servers = await Promise.all(scripts.map((reply) => startScriptedModel({ reply })));
  const wires = servers.map((server, index) =>
    openAiCompatible({
      name: `test/m${index + 1}`,
      model: `m${index + 1}`,
      baseUrl: server.url,
      apiKey: undefined,
      connectMs: 1_000,
    }),
  );
  const clock = { now: 0 };
  const waits: number[] = [];
  const failures: ModelFailure[] = [];
  const [first, ...others] = wires;
  if (first === undefined) throw new Error("A chain needs a model");
  const model = resilientModel(
    [first, ...others],
    { firstTokenMs: settings.firstTokenMs ?? 5_000, idleMs: settings.idleMs ?? 5_000 },
    {
      onFailure: (failure) => failures.push(failure),
      now: () => clock.now,
      random: () => 0.5,
      wait: async (milliseconds) => {
        waits.push(milliseconds);
        clock.now += milliseconds;
      },
    },
  );
  return {
    model,
    clock,
    waits,
    failures,
    servers,
    calls: () => servers.map((server) => server.requests.length),
    async [Symbol.asyncDispose]() {
      for (const owned of [...wires, ...servers]) await owned[Symbol.asyncDispose]();
    },
  };
}

function codeOf(error: unknown): string | undefined {
  return error instanceof OrchaError ? error.code : undefined;
}

function causeOf(error: unknown): ModelFault | undefined {
  // Every error of a chain has its fault as the cause.
  return error instanceof OrchaError ? (error.cause as ModelFault) : undefined;
}

describe("retry", () => {
  it.each([408, 409, 429, 500, 502, 503])("tries once more after %i", async (status) => {
    await using given = await setup([(_, n) => (n === 1 ? { status, body: "{}" } : UP)]);
    const answer = await ask(given.model);
    expect(answer.text).toBe("fine");
    expect(given.calls()).toEqual([2]);
    expect(given.waits).toEqual([200]);
  });

  it.each<[string, ScriptedReply]>([
    ["broke before the head", { ending: "reset" }],
    ["broke after the head", { ending: "cut" }],
    ["ended without a token", { raw: [] }],
    ["began with an error", { extraEvents: [{ error: { message: "overloaded" } }] }],
  ])("tries once more when the connection %s", async (_, reply) => {
    await using given = await setup([(_request, n) => (n === 1 ? reply : UP)]);
    expect((await ask(given.model)).text).toBe("fine");
    expect(given.calls()).toEqual([2]);
  });

  it.each([400, 401, 403, 404, 413, 422])("fails on %i at once and calls once", async (status) => {
    await using given = await setup([() => ({ status, body: '{"error":{"message":"secret"}}' })]);
    const answer = await ask(given.model);
    expect(codeOf(answer.error)).toBe("model_unavailable");
    expect(String(answer.error)).not.toContain("secret");
    expect(given.calls()).toEqual([1]);
    expect(given.waits).toEqual([]);
  });

  it("gives up after the second failure", async () => {
    await using given = await setup([() => DOWN]);
    expect(codeOf((await ask(given.model)).error)).toBe("model_unavailable");
    expect(given.calls()).toEqual([2]);
  });

  it("waits as long as the provider asks, up to 5 s", async () => {
    await using given = await setup([
      (_, n) => (n === 1 ? { status: 429, headers: { "retry-after": "5" }, body: "{}" } : UP),
    ]);
    expect((await ask(given.model)).text).toBe("fine");
    expect(given.waits).toEqual([5_200]);
  });

  it("goes straight to the next model when it would have to wait longer", async () => {
    await using given = await setup([
      () => ({ status: 429, headers: { "retry-after": "6" }, body: "{}" }),
      () => UP,
    ]);
    expect((await ask(given.model)).text).toBe("fine");
    expect(given.calls()).toEqual([1, 1]);
    expect(given.waits).toEqual([]);
  });

  it("is not waited for by a caller who leaves", async () => {
    await using server = await startScriptedModel({
      reply: () => ({ status: 429, headers: { "retry-after": "5" }, body: "{}" }),
    });
    await using wire = openAiCompatible({
      name: "test/m",
      model: "m",
      baseUrl: server.url,
      apiKey: undefined,
      connectMs: 1_000,
    });
    const controller = new AbortController();
    const reason = new Error("gone");
    const model = resilientModel(
      [wire],
      { firstTokenMs: 5_000, idleMs: 5_000 },
      { onFailure: () => setImmediate(() => controller.abort(reason)) },
    );
    const answer = await ask(model, modelRequest(), controller.signal);
    expect(answer.error).toBe(reason);
    expect(answer.elapsedMs).toBeLessThan(2_000);
    expect(server.requests).toHaveLength(1);
  });
});

describe("fallback", () => {
  it("is named after the first model and says which one answered", async () => {
    await using given = await setup([() => DOWN, () => UP]);
    const answer = await ask(given.model);
    expect(given.model.name).toBe("test/m1");
    expect(answer.finish?.model).toBe("test/m2");
    expect(given.failures.map((failure) => [failure.model, failure.midAnswer])).toEqual([
      ["test/m1", false],
      ["test/m1", false],
    ]);
  });

  it("follows a refusal too, without a retry", async () => {
    await using given = await setup([() => ({ status: 401, body: "{}" }), () => UP]);
    expect((await ask(given.model)).text).toBe("fine");
    expect(given.calls()).toEqual([1, 1]);
  });

  it("throws the last model's failure when none answers", async () => {
    await using given = await setup([
      () => ({ status: 401, body: "first" }),
      () => ({ status: 404, body: "second" }),
    ]);
    const { error } = await ask(given.model);
    expect(causeOf(error)?.message).toContain("second");
  });

  it.each<[string, ScriptedReply]>([
    ["cut", { tokens: ["half"], ending: "cut" }],
    ["error event", { tokens: ["half"], extraEvents: [{ error: { message: "broke" } }] }],
  ])("never follows once text has gone out: %s", async (_, reply) => {
    await using given = await setup([() => reply, () => UP]);
    const answer = await ask(given.model);
    expect(answer.text).toBe("half");
    expect(codeOf(answer.error)).toBe("model_unavailable");
    expect(given.calls()).toEqual([1, 0]);
    expect(given.failures[0]?.midAnswer).toBe(true);
  });

  it("does not ask another model what the provider blocked", async () => {
    await using given = await setup([() => ({ finishReason: "content_filter" }), () => UP]);
    expect(codeOf((await ask(given.model)).error)).toBe("answer_blocked");
    expect(given.calls()).toEqual([1, 0]);
  });
});

describe("time limits", () => {
  it.each<[string, ScriptedReply]>([
    ["no head", { ending: "silence" }],
    ["no token", { ending: "hang" }],
    ["comments only", { ending: "endless", endlessPiece: ": ping\n\n" }],
  ])("gives a model up that sends %s, closing its socket", async (_, reply) => {
    await using given = await setup([() => reply], { firstTokenMs: 60 });
    const answer = await ask(given.model);
    expect(codeOf(answer.error)).toBe("model_timeout");
    expect(answer.elapsedMs).toBeLessThan(1_000);
    expect(await given.servers[0]?.requests[0]?.closed).toMatchObject({ early: true });
    expect(given.calls()).toEqual([1]);
  });

  it("asks the next model after a first token that did not come", async () => {
    await using given = await setup([() => ({ ending: "hang" }), () => UP], { firstTokenMs: 60 });
    expect((await ask(given.model)).text).toBe("fine");
  });

  it("ends an answer that falls silent in the middle", async () => {
    await using given = await setup([() => ({ tokens: ["half"], ending: "hang" }), () => UP], {
      idleMs: 60,
    });
    const answer = await ask(given.model);
    expect(answer.text).toBe("half");
    expect(codeOf(answer.error)).toBe("model_timeout");
    expect(await given.servers[0]?.requests[0]?.closed).toMatchObject({ early: true });
    expect(given.calls()).toEqual([1, 0]);
  });

  it("lets a slow answer go on as long as tokens come", async () => {
    const tokens = Array.from({ length: 12 }, (_, n) => `${n} `);
    await using given = await setup([() => ({ tokens, tokenMs: 25 })], {
      firstTokenMs: 150,
      idleMs: 150,
    });
    const answer = await ask(given.model);
    expect(answer.error).toBeUndefined();
    expect(answer.elapsedMs).toBeGreaterThan(250);
  });

  it("does not count the time its caller takes", async () => {
    const tokens = Array.from({ length: 8 }, (_, n) => `${n} `);
    await using given = await setup([() => ({ tokens, tokenMs: 30 })], { idleMs: 100 });
    let text = "";
    for await (const part of given.model.stream(modelRequest(), new AbortController().signal)) {
      if (part.type !== "text") continue;
      const busyUntil = text === "" ? performance.now() + 150 : 0;
      while (performance.now() < busyUntil) await nextTick();
      text += part.text;
    }
    expect(text).toBe(tokens.join(""));
  });
});

describe("the caller", () => {
  it("who aborts gets its own reason and the socket is closed", async () => {
    await using given = await setup([() => ({ tokens: ["half"], ending: "hang" })]);
    const controller = new AbortController();
    const reason = new Error("stop");
    const texts: string[] = [];
    const reading = (async () => {
      for await (const part of given.model.stream(modelRequest(), controller.signal)) {
        if (part.type === "text") texts.push(part.text);
        controller.abort(reason);
      }
    })();
    await expect(reading).rejects.toBe(reason);
    expect(texts).toEqual(["half"]);
    expect(await given.servers[0]?.requests[0]?.closed).toMatchObject({ early: true });
    expect(given.failures).toEqual([]);
  });

  it("who stops reading closes the socket", async () => {
    await using given = await setup([() => ({ tokens: ["more "], ending: "endless" })]);
    for await (const part of given.model.stream(modelRequest(), new AbortController().signal)) {
      if (part.type === "text") break;
    }
    expect(await given.servers[0]?.requests[0]?.closed).toMatchObject({ early: true });
  });
});

describe("the breaker", () => {
  it("opens after 5 failures in a row: turns then fail at once, without a call", async () => {
    await using given = await setup([() => DOWN]);
    for (let turn = 0; turn < 3; turn += 1) await ask(given.model);
    expect(given.calls()).toEqual([5]);

    const answer = await ask(given.model);
    expect(codeOf(answer.error)).toBe("model_unavailable");
    expect(answer.elapsedMs).toBeLessThan(50);
    expect(given.calls()).toEqual([5]);
  });

  it("asks once after 10 s, and answers again when the model is back", async () => {
    let isDown = true;
    await using given = await setup([() => (isDown ? DOWN : UP)]);
    for (let turn = 0; turn < 3; turn += 1) await ask(given.model);

    given.clock.now += 10_000;
    await ask(given.model);
    expect(given.calls()).toEqual([6]);
    await ask(given.model);
    expect(given.calls()).toEqual([6]);

    isDown = false;
    given.clock.now += 10_000;
    const answers = [await ask(given.model), await ask(given.model)];
    expect(answers.map((answer) => answer.text)).toEqual(["fine", "fine"]);
  });

  it("lets one call alone find out whether the model is back", async () => {
    let reply = DOWN;
    await using given = await setup([() => reply]);
    for (let turn = 0; turn < 3; turn += 1) await ask(given.model);
    given.clock.now += 10_000;
    reply = { tokens: ["fine"], headersMs: 50 };

    const answers = await Promise.all([ask(given.model), ask(given.model), ask(given.model)]);
    expect(answers.map((answer) => answer.text).sort()).toEqual(["", "", "fine"]);
    expect(given.calls()).toEqual([6]);
  });

  it("asks again when the call that was to find out was aborted", async () => {
    let reply = DOWN;
    await using given = await setup([() => reply]);
    for (let turn = 0; turn < 3; turn += 1) await ask(given.model);
    given.clock.now += 10_000;
    reply = { ending: "silence" };
    const controller = new AbortController();
    const aborted = ask(given.model, modelRequest(), controller.signal);
    await expect.poll(() => given.calls()).toEqual([6]);
    controller.abort();
    await aborted;

    reply = UP;
    expect((await ask(given.model)).text).toBe("fine");
  });

  it("leads to the next model at once while the first is away", async () => {
    await using given = await setup([() => DOWN, () => UP]);
    for (let turn = 0; turn < 4; turn += 1) expect((await ask(given.model)).text).toBe("fine");
    expect(given.calls()).toEqual([5, 4]);
  });

  it("opens for answers that break off in the middle", async () => {
    await using given = await setup([() => ({ tokens: ["half"], ending: "cut" })]);
    for (let turn = 0; turn < 6; turn += 1) await ask(given.model);
    expect(given.calls()).toEqual([5]);
  });

  it("stays closed for requests that the model refuses", async () => {
    await using given = await setup([() => ({ status: 400, body: "too long" })]);
    for (let turn = 0; turn < 8; turn += 1) await ask(given.model);
    expect(given.calls()).toEqual([8]);
  });
});
