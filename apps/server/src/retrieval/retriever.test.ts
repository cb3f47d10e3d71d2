import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import type { Database } from "../db/database.ts";
import { EVERY_TENANT } from "../db/statement.ts";
import { syncFolder } from "../knowledge/sync-folder.ts";
import { describeOnEveryEngine, type TestStorage } from "../testing/databases.ts";
import type { PromptMessage } from "../turns/ports.ts";
import { createRetriever } from "./retriever.ts";

const TENANT = "acme";
const FILES: Readonly<Record<string, string>> = {
  "install.md":
    "# Install the widget\n\nPut the script tag before the end of the body. It takes two minutes.\n\n" +
    "## Safari\n\nThe widget needs Safari 16. Older browsers show a link to the chat page instead.\n\n" +
    "## Firefox\n\nThe widget works in every supported Firefox without settings.\n",
  "billing.md":
    "# Billing\n\nInvoices are sent by mail on the first day of the month.\n\n" +
    "## Refunds\n\nA refund takes five working days and goes to the card that was charged.\n",
  "login.md": "# Login\n\nLogin needs a password and a second factor such as a phone.\n",
  "german.md":
    "# Versand\n\nDie Lieferung dauert drei Tage und ist für unsere Kunden kostenlos, wenn sie über der Grenze liegen.\n",
  "japanese.md": "# 東京\n\n東京都に住んでいる人は無料で図書館を使うことができます。\n",
  "long.md": Array.from(
    { length: 12 },
    (_, at) => `## Chapter ${at}\n\nThe otter ${"swims in the river and eats fish. ".repeat(20)}\n`,
  ).join("\n"),
  "otter.md": "# Zoo\n\nOur zoo has one otter and many fish in the river.\n",
};

describeOnEveryEngine("retriever", (engine) => {
  let storage: TestStorage;
  let database: Database;
  let folder: string;
  beforeAll(async () => {
    storage = await engine.create();
    database = await storage.open();
    folder = await mkdtemp(join(tmpdir(), "orcha-retrieval-"));
    for (const [name, content] of Object.entries(FILES)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content);
    }
    await syncFolder({
      database,
      tenantId: TENANT,
      folder,
      urlBase: "https://docs.example",
      ingestScript: pathToFileURL(inject("ingestScript")),
      log: { warn: () => {} },
    });
  });
  afterAll(async () => {
    await database[Symbol.asyncDispose]();
    await storage[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const retrieve = (question: string, history: readonly PromptMessage[] = [], tenantId = TENANT) =>
    createRetriever(database).retrieve(tenantId, question, history);
  const sources = async (question: string, history: readonly PromptMessage[] = []) =>
    (await retrieve(question, history)).contexts.map(({ source }) => source);
  const said = (text: string): PromptMessage => ({ role: "visitor", text });

  it("finds the passage that answers, with where it stands", async () => {
    const { contexts, corpusIsEmpty } = await retrieve("How many days does a refund take?");
    expect(corpusIsEmpty).toBe(false);
    expect(contexts[0]).toMatchObject({
      title: "Billing › Refunds",
      source: "billing.md",
      url: "https://docs.example/billing.md#refunds",
      page: null,
    });
    expect(contexts[0]?.text).toContain("A refund takes five working days");
  });

  it("proves every passage by its offsets in the stored document", async () => {
    const { reader } = database;
    const documents = await reader.query(
      EVERY_TENANT,
      reader.builder.selectFrom("documents").select(["source", "text"]),
    );
    const { contexts } = await retrieve("otter river fish");
    expect(contexts.length).toBeGreaterThan(1);
    for (const { source, text, start, end } of contexts) {
      const document = documents.find((one) => one.source === source);
      expect([...(document?.text ?? "")].slice(start ?? 0, end ?? 0).join("")).toBe(text);
    }
  });

  it("finds nothing for a question about something else, or about nothing", async () => {
    expect(await sources("What is the capital of France?")).toEqual([]);
    expect(await sources("Who won the football match last night?")).toEqual([]);
    expect(await sources("how is it to be there")).toEqual([]);
    expect(await sources("???")).toEqual([]);
    expect(await sources("")).toEqual([]);
  });

  it("completes a follow-up from the visitor's earlier messages", async () => {
    const history = [
      said("How do I install the widget?"),
      { role: "assistant" as const, text: "Billing invoices refunds." },
    ];
    expect(await sources("and in Safari?", history)).toContain("install.md");
    expect((await sources("how long does that take?", history))[0]).toBe("install.md");
    expect((await sources("how long does that take?", [said("I want a refund")]))[0]).toBe(
      "billing.md",
    );
  });

  it("does not let the earlier messages outweigh a question that stands for itself", async () => {
    expect((await sources("refund", [said("How do I install the widget?")]))[0]).toBe("billing.md");
    expect(await sources("volcano", [said("How do I install the widget?")])).toEqual([]);
  });

  it("finds a word that is written apart or in another form", async () => {
    expect(await sources("how do I log in?")).toContain("login.md");
    expect(await sources("refunding invoices")).toContain("billing.md");
  });

  it("finds documents in other languages by their own words", async () => {
    expect(await sources("Ist die Lieferung kostenlos?")).toEqual(["german.md"]);
    expect(await sources("図書館")).toEqual(["japanese.md"]);
  });

  it("hears other documents beside a long one", async () => {
    const found = await sources("Which fish does the otter eat in the river?");
    expect(found.filter((source) => source === "long.md")).toHaveLength(3);
    expect(found).toContain("otter.md");
  });

  it("tells a tenant without documents from a question without answer", async () => {
    expect(await retrieve("refund", [], "other")).toEqual({ contexts: [], corpusIsEmpty: true });
    expect(await retrieve("volcano")).toEqual({ contexts: [], corpusIsEmpty: false });
  });
});
