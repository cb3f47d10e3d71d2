import {
  type ErasureReceipt,
  erasureReceiptSchema,
  type SubjectExport,
  subjectExportSchema,
} from "@orcha/contract";
import { afterEach, beforeEach, expect, it } from "vitest";
import { giveKey, signIn } from "../../privacy/testing/credentials.ts";
import { describeOnEveryEngine } from "../../testing/databases.ts";
import { gate } from "../../testing/gate.ts";
import { fixedRetriever, passage, startTestServer, type TestServer } from "../../testing/server.ts";

const TENANT = "external_widget";
type Headers = Record<string, string>;

describeOnEveryEngine("what visitors may do with what is kept about them", (engine) => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startTestServer(engine, { retriever: fixedRetriever([passage]) });
  });
  afterEach(() => server[Symbol.asyncDispose]());

  const ask = (method: "GET" | "DELETE", headers: Headers, query = "") =>
    fetch(`${server.url}/api/v1/orcha/me${query}`, { method, headers });
  async function exported(headers: Headers, query = ""): Promise<SubjectExport> {
    const response = await ask("GET", headers, query);
    expect(response.status).toBe(200);
    return subjectExportSchema.strict().parse(await response.json());
  }
  async function erased(headers: Headers, query = ""): Promise<ErasureReceipt> {
    const response = await ask("DELETE", headers, query);
    expect(response.status).toBe(200);
    return erasureReceiptSchema.strict().parse(await response.json());
  }
  /** Whether nothing is left of anything that anybody said. */
  async function isEmpty(): Promise<boolean> {
    const { reader } = server.database;
    const tables = [
      "conversations",
      "turns",
      "messages",
      "turn_pieces",
      "idempotency_keys",
    ] as const;
    for (const table of tables) {
      const rows = await reader.query("*", reader.builder.selectFrom(table).selectAll());
      if (rows.length > 0) return false;
    }
    return true;
  }
  const newVisitor = async (): Promise<Headers> => ({ "x-aura-visitor": await server.visitor() });
  const textsOf = ({ conversations }: SubjectExport) =>
    conversations.flatMap(({ turns }) =>
      turns.flatMap(({ messages }) => messages.map(({ text }) => text)),
    );

  it("gives a visitor everything as a file, and nothing of anybody else's", async () => {
    const ada = await newVisitor();
    const key = "k".repeat(22);
    await server.chat({ text: "I am Ada", use_rag: true }, { ...ada, "idempotency-key": key });
    await server.chat({ text: "I am Bob" }, await newVisitor());
    const response = await ask("GET", ada);
    expect(response.headers.get("content-disposition")).toBe(
      'attachment; filename="my-conversations.json"',
    );
    expect(response.headers.get("cross-origin-resource-policy")).toBe("same-origin");
    const all = await exported(ada);
    expect(all).toMatchObject({ tenant_id: TENANT, user: null, usage: [] });
    expect(all.subjects).toEqual([all.conversations[0]?.owner]);
    expect(textsOf(all)).toEqual(["I am Ada", "Noted."]);
    const [turn] = all.conversations[0]?.turns ?? [];
    expect(turn).toMatchObject({
      status: "done",
      model: "scripted/one",
      input_tokens: 7,
      idempotency_keys: [{ key }],
    });
    expect(turn?.messages[1]?.contexts).toEqual([passage]);
  });

  it("counts a conversation to the secret that was handed out with it", async () => {
    const first = await server.chat({ text: "Hi" });
    const headers = { "x-aura-visitor": String(first.headers.get("x-aura-visitor")) };
    expect(textsOf(await exported(headers))).toEqual(["Hi", "Noted."]);
    expect((await erased(headers)).counts.conversations).toBe(1);
  });

  it("has nothing for a caller without credential, or with one that is forged", async () => {
    await server.chat({ text: "Hi" });
    for (const headers of [{}, { "x-aura-visitor": "v1.forged.secret" }]) {
      expect(await exported(headers)).toMatchObject({ subjects: [], conversations: [] });
      expect(await erased(headers)).toMatchObject({ receipt_id: null, counts: { turns: 0 } });
    }
  });

  it("erases a visitor's conversations once, and the secret goes on", async () => {
    const ada = await newVisitor();
    const first = await server.chat({ text: "I am Ada" }, ada);
    await server.chat({ text: "I am Bob" }, await newVisitor());
    const receipt = await erased(ada);
    expect(receipt.counts).toMatchObject({ conversations: 1, turns: 1, messages: 2 });
    expect(receipt.receipt_id).toBeGreaterThan(0);
    expect((await erased(ada)).receipt_id).toBeNull();
    expect(textsOf(await exported(ada))).toEqual([]);
    const { conversation_id } = first.data;
    expect((await server.chat({ text: "Again", conversation_id }, ada)).success).toBe(false);
    expect((await server.chat({ text: "Anew" }, ada)).success).toBe(true);
  });

  it("takes a label's conversations for those of another tenant", async () => {
    const ada = await newVisitor();
    await server.chat({ text: "At home" }, ada);
    await server.chat({ text: "At a partner", tenant_id: "partner" }, ada);
    expect(textsOf(await exported(ada, "?tenant_id=partner"))).toEqual(["At a partner", "Noted."]);
    expect((await erased(ada, "?tenant_id=partner")).counts.conversations).toBe(1);
    expect(textsOf(await exported(ada))).toEqual(["At home", "Noted."]);
  });

  it("erases in the middle of an answer", async () => {
    const ada = await newVisitor();
    const begun = gate();
    server.model.reply = async function* (_request, signal) {
      yield "The beginning";
      begun.open();
      await aborted(signal);
    };
    const answer = server.stream({ text: "Tell me", use_rag: true }, ada);
    await begun.opened;
    expect((await erased(ada)).counts).toMatchObject({ conversations: 1, turns: 1, messages: 2 });
    const end = (await answer).events.at(-1);
    expect(end).toMatchObject({ event: "turn-end", data: { finish_reason: "stopped" } });
    expect(await isEmpty()).toBe(true);
  });

  it("brings nothing back when an answer that could not be stopped ends", async () => {
    const ada = await newVisitor();
    const begun = gate();
    const rest = gate();
    server.model.reply = async function* () {
      yield "The beginning";
      begun.open();
      await rest.opened;
      yield " and the end.";
    };
    const answer = server.stream({ text: "Tell me", use_rag: true }, ada);
    await begun.opened;
    expect((await erased(ada)).counts).toMatchObject({ conversations: 1, turns: 1 });
    expect(await isEmpty()).toBe(true);
    rest.open();
    expect((await answer).events.at(-1)?.event).toBe("turn-error");
    expect(await isEmpty()).toBe(true);
  });

  it("stops the answer of another server, and erases it", async () => {
    await using replica = await server.replica();
    const ada = await newVisitor();
    const begun = gate();
    server.model.reply = async function* (_request, signal) {
      yield "The beginning";
      begun.open();
      await aborted(signal);
    };
    const answer = replica.stream({ text: "Tell me" }, ada);
    await begun.opened;
    expect((await erased(ada)).counts).toMatchObject({ conversations: 1, turns: 1, messages: 2 });
    const end = (await answer).events.at(-1);
    expect(end).toMatchObject({ event: "turn-end", data: { finish_reason: "stopped" } });
    expect(await isEmpty()).toBe(true);
  });

  it("knows a signed-in visitor, with what was said before signing in", async () => {
    const tokenOf = await signIn(server.database, TENANT);
    const before = await newVisitor();
    await server.chat({ text: "Before" }, before);
    const ada = await tokenOf("ada@example.com");
    await server.chat({ text: "After" }, ada);
    expect(textsOf(await exported(ada))).toEqual(["After", "Noted."]);
    const all = await exported({ ...ada, ...before });
    expect(all.user).toMatchObject({ subject: "ada@example.com" });
    expect(all.usage).toMatchObject([{ model: "scripted/one", turns: 1, input_tokens: 7 }]);
    expect(textsOf(all).sort()).toEqual(["After", "Before", "Noted.", "Noted."]);
    expect((await erased({ ...ada, ...before })).counts).toMatchObject({
      conversations: 2,
      users: 1,
    });
    const { reader } = server.database;
    const users = reader.builder.selectFrom("users").select("subject");
    expect(await reader.query("*", users)).toEqual([{ subject: null }]);
    expect(textsOf(await exported(before))).toEqual([]);
  });

  it("lets a server say whose data it means, and insists that it does", async () => {
    const key = await giveKey(server.database, TENANT, ["chat"]);
    await server.chat({ text: "For the default user" }, key);
    expect((await ask("GET", key)).status).toBe(400);
    expect((await ask("DELETE", key)).status).toBe(400);
    expect(textsOf(await exported(key, "?user_id=1"))).toHaveLength(2);
    expect((await erased(key, "?user_id=1")).counts).toMatchObject({ conversations: 1, users: 0 });
    expect(textsOf(await exported(key, "?user_id=77"))).toEqual([]);
  });

  it("does nothing for a page of another site that has the visitor's cookie only", async () => {
    const ada = await newVisitor();
    await server.chat({ text: "I am Ada" }, ada);
    const cookie = `aura_v=${ada["x-aura-visitor"]}`;
    expect(textsOf(await exported({ cookie }))).toHaveLength(2);
    const foreign = { cookie, origin: "https://elsewhere.example" };
    expect((await erased(foreign)).counts.conversations).toBe(0);
    expect(textsOf(await exported(foreign))).toEqual([]);
    expect(textsOf(await exported(ada))).toHaveLength(2);
  });

  it("refuses a token that does not verify", async () => {
    const headers = { authorization: "Bearer nonsense" };
    expect((await ask("GET", headers)).status).toBe(401);
    expect((await ask("DELETE", headers)).status).toBe(401);
  });
});

/** Rejects as a provider's stream does. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });
}
