import { OrchaError } from "@orcha/contract";
import { afterEach, beforeEach, expect, it } from "vitest";
import { describeOnEveryEngine } from "../testing/databases.ts";
import { gate } from "../testing/gate.ts";
import { fixedRetriever, passage, startTestServer, type TestServer } from "../testing/server.ts";
import { forgetKeys } from "../turns/idempotency-store.ts";

const KEY = "3f1c2a9e-7d42-4b0e-9f5a-0d6a1c7e2b18";
describeOnEveryEngine("a message that is sent again under its key", (engine) => {
  let server: TestServer;
  let mine: Record<string, string>;
  beforeEach(async () => {
    server = await startTestServer(engine, { retriever: fixedRetriever([passage]) });
    mine = { "x-aura-visitor": await server.visitor(), "idempotency-key": KEY };
  });
  afterEach(() => server[Symbol.asyncDispose]());

  it("is answered with the same answer and asks no model, as JSON and as stream, also after a restart", async () => {
    const message = { text: "Hi", use_rag: true };
    const first = await server.chat(message, mine);
    const again = await server.chat(message, mine);
    await server.restart();
    const { events, headers } = await server.stream(message, mine);
    expect(again.data).toEqual(first.data);
    expect(first.data.contexts).toEqual([passage]);
    expect(events.map(({ event }) => event)).toEqual([
      "turn-start",
      "contexts",
      "text-delta",
      "turn-end",
    ]);
    expect(events.at(-1)?.data).toMatchObject({
      data: first.data,
      usage: { input_tokens: 7, output_tokens: 3 },
      model: "scripted/one",
    });
    expect(headers.get("x-orcha-turn-id")).toBe(first.headers.get("x-orcha-turn-id"));
    expect(server.model.requests).toHaveLength(1);
  });

  it("costs one model call however many come at once", async () => {
    const held = gate();
    server.model.reply = async function* () {
      await held.opened;
      yield "Once.";
    };
    const attempts = Array.from({ length: 10 }, () => server.chat({ text: "Hi" }, mine));
    held.open();
    const answers = await Promise.all(attempts);
    expect(new Set(answers.map(({ data }) => JSON.stringify(data))).size).toBe(1);
    expect(answers[0]?.data.text).toBe("Once.");
    expect(server.model.requests).toHaveLength(1);
  });

  it("is a conflict when it is another message", async () => {
    await server.chat({ text: "Hi" }, mine);
    const other = await server.chat({ text: "Something else" }, mine);
    expect(other).toMatchObject({ status: 200, success: false });
    expect(other.headers.get("x-orcha-error")).toBe("idempotency_conflict");
  });

  it("runs the same turn again after a failure that may pass, without a second question", async () => {
    server.model.reply = function* () {
      yield "Half";
      throw new OrchaError("model_unavailable");
    };
    const failed = await server.chat({ text: "Hi" }, mine);
    server.model.reply = () => ["Whole."];
    const again = await server.chat({ text: "Hi" }, mine);
    expect(failed.success).toBe(false);
    expect(again).toMatchObject({ success: true, data: { text: "Whole." } });
    expect(again.headers.get("x-orcha-turn-id")).toBe(failed.headers.get("x-orcha-turn-id"));
    const { data } = await server.messages(
      again.data.conversation_id,
      String(mine["x-aura-visitor"]),
    );
    expect(data.map(({ text, status }) => [text, status])).toEqual([
      ["Hi", "done"],
      ["Whole.", "done"],
    ]);
  });

  it("is told a failure again that cannot pass", async () => {
    server.model.reply = () => {
      throw new OrchaError("answer_blocked");
    };
    const first = await server.chat({ text: "Hi" }, mine);
    const again = await server.chat({ text: "Hi" }, mine);
    expect(again).toMatchObject({ success: false, message: first.message, data: first.data });
    expect(again.headers.get("x-orcha-error")).toBe("answer_blocked");
    expect(server.model.requests).toHaveLength(1);
  });

  it("does not run again what the conversation has gone past", async () => {
    server.model.reply = () => {
      throw new OrchaError("model_unavailable");
    };
    const failed = await server.chat({ text: "First" }, mine);
    server.model.reply = () => ["Noted."];
    const { conversation_id } = failed.data;
    const visitor = { "x-aura-visitor": String(mine["x-aura-visitor"]) };
    await server.chat({ text: "Second", conversation_id }, visitor);
    const again = await server.chat({ text: "First" }, mine);
    expect(again.headers.get("x-orcha-error")).toBe("model_unavailable");
    expect(server.model.requests).toHaveLength(2);
  });

  it("is not run for a stranger once the conversation is sealed", async () => {
    server.model.reply = () => {
      throw new OrchaError("model_unavailable");
    };
    const unsigned = { "idempotency-key": KEY };
    const failed = await server.chat({ text: "Hi" }, unsigned);
    const visitor = String(failed.headers.get("x-aura-visitor"));
    await server.messages(failed.data.conversation_id, visitor);
    const stranger = await server.chat({ text: "Hi" }, unsigned);
    expect(stranger.headers.get("x-orcha-error")).toBe("conversation_not_found");
    expect(server.model.requests).toHaveLength(1);
  });

  it("never meets the key of somebody else", async () => {
    const first = await server.chat({ text: "Hi" }, mine);
    const theirs = { ...mine, "x-aura-visitor": await server.visitor() };
    const other = await server.chat({ text: "Hi" }, theirs);
    expect(other.data.conversation_id).not.toBe(first.data.conversation_id);
    expect(server.model.requests).toHaveLength(2);
  });

  it("needs a key that cannot be guessed when nothing else says who sends it", async () => {
    const guessable = await server.chat({ text: "Hi" }, { "idempotency-key": "1" });
    expect(guessable.headers.get("x-orcha-error")).toBe("invalid_request");
    const first = await server.chat({ text: "Hi" }, { "idempotency-key": KEY });
    const again = await server.chat({ text: "Hi" }, { "idempotency-key": KEY });
    expect(again.data).toEqual(first.data);
  });

  it("is known when it comes back with the secret that the first answer handed out", async () => {
    const first = await server.chat({ text: "Hi" }, { "idempotency-key": KEY });
    const handedOut = { "x-aura-visitor": String(first.headers.get("x-aura-visitor")) };
    const again = await server.chat({ text: "Hi" }, { ...handedOut, "idempotency-key": KEY });
    expect(again.data).toEqual(first.data);
    expect(server.model.requests).toHaveLength(1);
  });

  it("hands out a secret that owns the conversation when the first answer was lost", async () => {
    await server.chat({ text: "Hi" }, { "idempotency-key": KEY });
    const again = await server.chat({ text: "Hi" }, { "idempotency-key": KEY });
    const visitor = String(again.headers.get("x-aura-visitor"));
    expect((await server.messages(again.data.conversation_id, visitor)).data).toHaveLength(2);
  });

  it("is a new message once its key is a day old", async () => {
    await server.chat({ text: "Hi" }, mine);
    await server.database.write(forgetKeys, { now: Date.now() + 24 * 3_600_000 });
    await server.chat({ text: "Hi" }, mine);
    expect(server.model.requests).toHaveLength(2);
  });
});
