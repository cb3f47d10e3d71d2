import { createHash } from "node:crypto";
import { request } from "node:http";
import type { TurnEvent } from "@orcha/contract";
import { afterEach, beforeEach, expect, it } from "vitest";
import { describeOnEveryEngine } from "../testing/databases.ts";
import { gate } from "../testing/gate.ts";
import { fixedRetriever, passage, startTestServer, type TestServer } from "../testing/server.ts";

describeOnEveryEngine("event stream of chat-v2", (engine) => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startTestServer(engine, { retriever: fixedRetriever([passage]) });
  });
  afterEach(() => server[Symbol.asyncDispose]());

  it("tells a turn from its start over contexts and text to its end", async () => {
    server.model.reply = async function* () {
      yield "Hello ";
      await new Promise(setImmediate);
      yield "wörld 😀.";
    };
    const { headers, events, ids } = await server.stream({ text: "Hi", use_rag: true });
    expect(events.map(({ event }) => event)).toEqual([
      "turn-start",
      "contexts",
      "text-delta",
      "text-delta",
      "turn-end",
    ]);
    const turn = headers.get("x-orcha-turn-id");
    expect(ids).toEqual([`${turn}:1`, `${turn}:2`, `${turn}:16`, `${turn}:25`, `${turn}:26`]);
    expect(last(events)).toEqual({
      event: "turn-end",
      data: {
        success: true,
        message: "",
        data: {
          text: "Hello wörld 😀.",
          conversation_id: expect.any(Number),
          contexts: [passage],
        },
        usage: { input_tokens: 7, output_tokens: 3 },
        model: "scripted/one",
        finish_reason: "stop",
        sha256: createHash("sha256").update("Hello wörld 😀.").digest("hex"),
      },
    });
  });

  it("ends with exactly what the JSON answer would have been", async () => {
    const json = await server.chat({ text: "Hi", use_rag: true });
    const { events } = await server.stream({ text: "Hi", use_rag: true });
    const { data } = last(events);
    expect(data).toMatchObject({
      success: json.success,
      message: json.message,
      data: { ...json.data, conversation_id: expect.any(Number) },
    });
  });

  it("has no contexts event when retrieval did not run", async () => {
    const { events } = await server.stream({ text: "Hi" });
    expect(events.map(({ event }) => event)).toEqual(["turn-start", "text-delta", "turn-end"]);
  });

  it("never ends a piece inside a surrogate pair", async () => {
    server.model.reply = () => ["a\ud83d", "\ude00b"];
    const { events } = await server.stream({ text: "Hi" });
    const pieces = events.flatMap(({ event, data }) => (event === "text-delta" ? [data.text] : []));
    expect(pieces).toEqual(["a", "😀b"]);
  });

  it("answers a failure before the first event as ordinary JSON", async () => {
    const answer = await server.chat({ text: "" }, { accept: "text/event-stream" });
    expect(answer).toMatchObject({ status: 200, success: false });
    expect(answer.headers.get("content-type")).toContain("application/json");
  });

  it("tells a failure in the middle as the last event and keeps what was said", async () => {
    const visitor = { "x-aura-visitor": await server.visitor() };
    server.model.reply = function* () {
      yield "The first half";
      throw new Error("socket closed by 10.0.0.7");
    };
    const { events } = await server.stream({ text: "Hi" }, visitor);
    const end = last(events);
    expect(end).toMatchObject({
      event: "turn-error",
      data: { success: false, code: "internal", retryable: true, data: { text: "The first half" } },
    });
    expect(JSON.stringify(end)).not.toContain("10.0.0.7");
    const id = conversationOf(events);
    const { data } = await server.messages(id, visitor["x-aura-visitor"]);
    expect(data.map(({ text, status }) => [text, status])).toEqual([
      ["Hi", "failed"],
      ["The first half", "failed"],
    ]);
  });

  it("ends the answer of a model that does not keep to its limit", async () => {
    server.model.reply = function* () {
      for (;;) yield "and so on ".repeat(100);
    };
    const end = last((await server.stream({ text: "Hi" })).events);
    expect(end).toMatchObject({ event: "turn-end", data: { finish_reason: "length" } });
    if (end.event === "turn-end") expect(end.data.data.text.length).toBeLessThan(20_000);
  });

  it("finishes and keeps the answer of a client that left", async () => {
    const visitor = await server.visitor();
    const held = gate();
    server.model.reply = async function* () {
      yield "Half ";
      await held.opened;
      yield "and half.";
    };
    const id = await leaveAfterStart(server.url, visitor);
    held.open();
    server.model.reply = () => ["Next."];
    const next = await server.chat(
      { text: "Next", conversation_id: id },
      { "x-aura-visitor": visitor },
    );
    expect(next.success).toBe(true);
    const { data } = await server.messages(id, visitor);
    expect(data.map(({ text }) => text)).toEqual(["Hi", "Half and half.", "Next", "Next."]);
  });

  it("lets a running answer finish on a graceful stop and refuses new ones", async () => {
    const held = gate();
    const asked = gate();
    server.model.reply = async function* () {
      asked.open();
      await held.opened;
      yield "Finished.";
    };
    const running = server.stream({ text: "Hi" });
    await asked.opened;
    const stopped = server.stop();
    held.open();
    expect(last((await running).events)).toMatchObject({ data: { data: { text: "Finished." } } });
    await stopped;
    await expect(fetch(`${server.url}/readyz`)).rejects.toThrow();
    await server.restart();
  });

  it("cuts an answer that outlives the drain time and keeps what was said", async () => {
    const visitor = await server.visitor();
    const asked = gate();
    server.model.reply = async function* (_request, signal) {
      yield "So far";
      asked.open();
      await new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
      });
    };
    const running = server.stream({ text: "Hi" }, { "x-aura-visitor": visitor });
    await asked.opened;
    await server.restart();
    const { events } = await running;
    expect(last(events)).toMatchObject({ event: "turn-error", data: { code: "unavailable" } });
    const { data } = await server.messages(conversationOf(events), visitor);
    expect(data.at(-1)).toMatchObject({ text: "So far", status: "failed" });
  });
});

function last(events: readonly TurnEvent[]): TurnEvent {
  const event = events.at(-1);
  if (!event) throw new Error("The stream had no event");
  return event;
}

function conversationOf(events: readonly TurnEvent[]): number {
  const [first] = events;
  if (first?.event !== "turn-start") throw new Error("The stream did not start");
  return first.data.conversation_id;
}

/** Closes the connection as soon as the turn has started; answers with its conversation. */
function leaveAfterStart(url: string, visitor: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${url}/api/v1/orcha/chat-v2`,
      {
        method: "POST",
        headers: {
          "content-type": "application/json",
          accept: "text/event-stream",
          "x-aura-visitor": visitor,
        },
      },
      (response) => {
        response.on("data", (chunk: Buffer) => {
          const [, id] = /"conversation_id":(\d+)/.exec(chunk.toString()) ?? [];
          if (!id) return;
          sent.destroy();
          resolve(Number(id));
        });
      },
    );
    sent.on("error", reject);
    sent.end(JSON.stringify({ text: "Hi" }));
  });
}
