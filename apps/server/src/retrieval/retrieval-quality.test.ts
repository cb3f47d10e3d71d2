import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { z } from "zod";
import type { Database } from "../db/database.ts";
import { syncFolder } from "../knowledge/sync-folder.ts";
import { createExtractiveAnswerer } from "../models/extractive.ts";
import { describeOnEveryEngine, type TestStorage } from "../testing/databases.ts";
import type { PromptMessage } from "../turns/ports.ts";
import { createRetriever } from "./retriever.ts";

const ROOT = join(import.meta.dirname, "../../../..");
const TENANT = "acme";

const part = z.object({
  questions: z.array(
    z.object({
      question: z.string(),
      after: z.array(z.string()).default([]),
      sources: z.array(z.string()),
      says: z.array(z.string()),
    }),
  ),
  offTopic: z.array(z.string()),
});
const file = z.object({ tuning: part, heldOut: part });

describeOnEveryEngine("the shipped documents", (engine) => {
  let storage: TestStorage;
  let database: Database;
  let questions: z.infer<typeof part>["questions"];
  let offTopic: readonly string[];
  beforeAll(async () => {
    const content = await readFile(join(ROOT, "bench/retrieval-questions.json"), "utf8");
    const { tuning, heldOut } = file.parse(JSON.parse(content));
    questions = [...tuning.questions, ...heldOut.questions];
    offTopic = [...tuning.offTopic, ...heldOut.offTopic];
    storage = await engine.create();
    database = await storage.open();
    await syncFolder({
      database,
      tenantId: TENANT,
      folder: join(ROOT, "docs"),
      ingestScript: pathToFileURL(inject("ingestScript")),
      log: { warn: () => {} },
    });
  });
  afterAll(async () => {
    await database[Symbol.asyncDispose]();
    await storage[Symbol.asyncDispose]();
  });

  async function ask(question: string, after: readonly string[] = []) {
    const history = after.map((text): PromptMessage => ({ role: "visitor", text }));
    const { contexts } = await createRetriever(database).retrieve(TENANT, question, history);
    const messages: PromptMessage[] = [...history, { role: "visitor", text: question }];
    const stream = createExtractiveAnswerer().stream(
      { system: "", messages, contexts, corpusIsEmpty: false, maxOutputTokens: 1_000 },
      new AbortController().signal,
    );
    let answer = "";
    for await (const piece of stream) if (piece.type === "text") answer += piece.text;
    return { sources: contexts.map(({ source }) => source), answer };
  }

  it("are found by the questions people ask", async () => {
    const ranks: number[] = [];
    for (const { question, after, sources } of questions) {
      const found = await ask(question, after);
      ranks.push(found.sources.findIndex((source) => sources.includes(source ?? "")));
    }
    const within = (most: number) => ranks.filter((rank) => rank >= 0 && rank < most).length;
    expect(within(1) / ranks.length).toBeGreaterThanOrEqual(0.8);
    expect(within(3) / ranks.length).toBeGreaterThanOrEqual(0.92);
  });

  it("are quoted where they answer, and not at all for something else", async () => {
    let answered = 0;
    for (const { question, after, says } of questions) {
      const { answer } = await ask(question, after);
      if (says.some((words) => answer.includes(words))) answered += 1;
    }
    expect(answered / questions.length).toBeGreaterThanOrEqual(0.8);

    let refused = 0;
    for (const question of offTopic) {
      if ((await ask(question)).answer.includes("hold no answer")) refused += 1;
    }
    expect(refused / offTopic.length).toBeGreaterThanOrEqual(0.85);
  });

  it("tell first how to embed the widget", async () => {
    const { answer } = await ask("How do I embed the widget?");
    expect(answer).toMatch(/^Paste this before [\s\S]*?\n\n```html\n[\s\S]*AuraChatWidget\.init/);
  });
});
