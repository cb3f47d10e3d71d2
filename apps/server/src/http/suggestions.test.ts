import { afterEach, beforeEach, expect, it } from "vitest";
import { giveSettings } from "../privacy/testing/credentials.ts";
import { describeOnEveryEngine } from "../testing/databases.ts";
import { openEvents } from "../testing/event-reader.ts";
import { gate } from "../testing/gate.ts";
import {
  fixedRetriever,
  passage,
  type StreamResult,
  startTestServer,
  type TestServer,
} from "../testing/server.ts";

const CONTEXTS = ["Billing › Refunds", "Billing › Invoices", "Delivery"].map((title, at) => ({
  ...passage,
  id: `${at}`,
  title,
}));

describeOnEveryEngine("suggestions at the end of an answer", (engine) => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startTestServer(engine, { retriever: fixedRetriever(CONTEXTS) });
    server.model.reply = () => ["Within 30 days. ", "[1]"];
  });
  afterEach(() => server[Symbol.asyncDispose]());

  const want = (suggestions: boolean) =>
    giveSettings(server.database, "external_widget", { suggestions });
  const names = ({ events }: StreamResult) => events.map(({ event }) => event);
  const resume = (at: TestServer, turnId: string | null, visitor: string | null, last = "") =>
    openEvents({
      url: at.url,
      path: `turns/${turnId}/events`,
      headers: { "x-aura-visitor": String(visitor), ...(last && { "last-event-id": last }) },
    });

  it("come between the last text and the end where the tenant wants them, and cost nothing", async () => {
    await want(true);
    const answer = await server.stream({ text: "How do I return it?", use_rag: true });
    expect(names(answer).slice(-3)).toEqual(["text-delta", "suggestions", "turn-end"]);
    expect(answer.events.at(-2)?.data).toEqual({ suggestions: ["Invoices", "Delivery"] });
    const turn = answer.headers.get("x-orcha-turn-id");
    expect(answer.ids.slice(-3)).toEqual([`${turn}:29`, `${turn}:29`, `${turn}:30`]);
    expect(server.model.requests).toHaveLength(1);
    const json = await server.chat({ text: "How do I return it?", use_rag: true });
    expect(Object.keys(json.data).sort()).toEqual(["contexts", "conversation_id", "text"]);
  });

  it("do not come where nobody wants them, without retrieval, or for an answer that failed", async () => {
    expect(names(await server.stream({ text: "Hi", use_rag: true }))).not.toContain("suggestions");
    await server.restart();
    await want(true);
    expect(names(await server.stream({ text: "Hi" }))).not.toContain("suggestions");
    server.model.reply = () => {
      throw new Error("The model is gone");
    };
    expect(names(await server.stream({ text: "Hi", use_rag: true }))).not.toContain("suggestions");
  });

  it("are told again to who reads on behind the text, on any server, and not behind the end", async () => {
    await want(true);
    const answer = await server.stream({ text: "How do I return it?", use_rag: true });
    const turn = answer.headers.get("x-orcha-turn-id");
    const visitor = answer.headers.get("x-aura-visitor");
    await using replica = await server.replica();
    for (const at of [server, replica]) {
      for (const [last, events] of [
        ["", ["turn-start", "contexts", "text-delta", "suggestions", "turn-end"]],
        [`${turn}:12`, ["text-delta", "suggestions", "turn-end"]],
        [`${turn}:29`, ["suggestions", "turn-end"]],
      ] as const) {
        const told = await (await resume(at, turn, visitor, last)).rest();
        expect(told.map(({ event }) => event)).toEqual(events);
        expect(told.at(-2)?.data).toBe('{"suggestions":["Invoices","Delivery"]}');
        expect(told.at(-2)?.id).toBe(`${turn}:29`);
      }
      expect(await (await resume(at, turn, visitor, `${turn}:30`)).rest()).toEqual([]);
    }
  });

  it("reach who follows the running turn, too", async () => {
    await want(true);
    const begun = gate();
    const rest = gate();
    server.model.reply = async function* () {
      yield "Within ";
      begun.open();
      await rest.opened;
      yield "30 days. [1]";
    };
    const visitor = await server.visitor();
    const headers = { "x-aura-visitor": visitor, "idempotency-key": "k".repeat(22) };
    const first = server.stream({ text: "Hi", use_rag: true }, headers);
    await begun.opened;
    const second = server.stream({ text: "Hi", use_rag: true }, headers);
    rest.open();
    for (const answer of [await first, await second]) {
      expect(names(answer).slice(-2)).toEqual(["suggestions", "turn-end"]);
    }
  });
});
