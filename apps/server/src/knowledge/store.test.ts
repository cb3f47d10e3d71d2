import fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Database } from "../db/database.ts";
import { EVERY_TENANT } from "../db/statement.ts";
import { describeOnEveryEngine, type TestStorage } from "../testing/databases.ts";
import type { IndexedPassage } from "./document.ts";
import {
  continueDocument,
  listDocuments,
  type NewDocument,
  removeDocument,
  startDocument,
} from "./store.ts";

const TENANT = "acme";

/** A passage for each list of words. */
const passagesOf = (texts: readonly (readonly string[])[]): IndexedPassage[] =>
  texts.map((words, position) => {
    const counts = new Map<string, number>();
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    const text = words.join(" ");
    return {
      position,
      heading: "",
      anchor: "",
      start: 0,
      end: text.length,
      text,
      terms: [...counts.keys()],
      frequencies: [...counts.values()],
      length: words.length,
    };
  });

const documentOf = (source: string, language: "en" | "de" = "en"): NewDocument => ({
  source,
  title: source,
  url: null,
  language,
  fingerprint: "1:x",
  size: 1,
  changedAt: 1,
  indexedAt: 1,
  text: "text",
});

const word = fc.constantFrom(..."abcdefgh");
const texts = fc.array(fc.array(word, { minLength: 1, maxLength: 6 }), { maxLength: 7 });
const source = fc.constantFrom("a.md", "b.md", "c.md");
const change = fc.oneof(
  { weight: 3, arbitrary: fc.record({ source, texts, language: fc.constantFrom("en", "de") }) },
  { weight: 1, arbitrary: fc.record({ source }) },
);

describeOnEveryEngine("knowledge store", (engine) => {
  let storage: TestStorage;
  let database: Database;
  beforeEach(async () => {
    storage = await engine.create();
    database = await storage.open();
  });
  afterEach(async () => {
    await database[Symbol.asyncDispose]();
    await storage[Symbol.asyncDispose]();
  });

  const remove = async (documentId: number) => {
    while (await database.write(removeDocument, { tenantId: TENANT, documentId }));
  };
  const readyIds = async (name: string) =>
    (await listDocuments(database, TENANT))
      .filter((one) => one.source === name)
      .map(({ id }) => id);

  /** Stores passages two at a time, then takes the version before it away, as a run over a folder does. */
  async function put(name: string, words: readonly (readonly string[])[], language: "en" | "de") {
    const before = await readyIds(name);
    const passages = passagesOf(words);
    const documentId = await database.write(startDocument, {
      tenantId: TENANT,
      document: documentOf(name, language),
      passages: passages.slice(0, 2),
      complete: passages.length <= 2,
    });
    for (let at = 2; at < passages.length; at += 2) {
      const slice = passages.slice(at, at + 2);
      const complete = at + 2 >= passages.length;
      await database.write(continueDocument, {
        tenantId: TENANT,
        documentId,
        passages: slice,
        complete,
      });
    }
    for (const id of before) await remove(id);
  }

  /** Everything that scores are made of, with terms and passages by their words. */
  async function counted() {
    const { reader } = database;
    const { builder } = reader;
    const terms = await reader.query(
      EVERY_TENANT,
      builder
        .selectFrom("terms")
        .select(["id", "term", "document_frequency"])
        .where("tenant_id", "=", TENANT),
    );
    const chunks = await reader.query(
      EVERY_TENANT,
      builder.selectFrom("chunks").select(["id", "text"]).where("tenant_id", "=", TENANT),
    );
    const postings = await reader.query(
      EVERY_TENANT,
      builder
        .selectFrom("postings")
        .select(["term_id", "chunk_id"])
        .where("tenant_id", "=", TENANT),
    );
    const languages = await reader.query(
      EVERY_TENANT,
      builder
        .selectFrom("corpus_languages")
        .select(["language", "chunks"])
        .where("tenant_id", "=", TENANT)
        .where("chunks", "<>", 0),
    );
    const [stats] = await reader.query(
      EVERY_TENANT,
      builder
        .selectFrom("corpus_stats")
        .select(["chunks", "total_length"])
        .where("tenant_id", "=", TENANT),
    );
    const termOf = new Map(terms.map(({ id, term }) => [id, term]));
    const textOf = new Map(chunks.map(({ id, text }) => [id, text]));
    return {
      chunks: stats?.chunks ?? 0,
      totalLength: stats?.total_length ?? 0,
      languages: new Map(languages.map((row) => [row.language, row.chunks])),
      frequencies: new Map(terms.map((row) => [row.term, row.document_frequency])),
      postings: postings
        .map((row) => `${termOf.get(row.term_id)} in ${textOf.get(row.chunk_id)}`)
        .sort(),
    };
  }

  /** The same, counted from what should be stored. */
  function expected(model: ReadonlyMap<string, { texts: string[][]; language: string }>) {
    const frequencies = new Map<string, number>();
    const languages = new Map<string, number>();
    const postings: string[] = [];
    let chunks = 0;
    let totalLength = 0;
    for (const { texts: all, language } of model.values()) {
      for (const words of all) {
        chunks += 1;
        totalLength += words.length;
        languages.set(language, (languages.get(language) ?? 0) + 1);
        for (const term of new Set(words)) {
          frequencies.set(term, (frequencies.get(term) ?? 0) + 1);
          postings.push(`${term} in ${words.join(" ")}`);
        }
      }
    }
    return { chunks, totalLength, languages, frequencies, postings: postings.sort() };
  }

  it("keeps frequencies, postings and statistics equal to a recount after any changes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 5 }), async (changes) => {
        const model = new Map<string, { texts: string[][]; language: string }>();
        for (const one of changes) {
          if ("texts" in one) {
            const language = one.language === "de" ? "de" : "en";
            await put(one.source, one.texts, language);
            model.set(one.source, { texts: one.texts, language });
          } else {
            for (const id of await readyIds(one.source)) await remove(id);
            model.delete(one.source);
          }
          expect(await counted()).toEqual(expected(model));
        }
        for (const { id } of await listDocuments(database, TENANT)) await remove(id);
        expect(await counted()).toEqual(expected(new Map()));
      }),
      { numRuns: 12 },
    );
  }, 60_000);

  it("does not go on with a document that somebody has taken away", async () => {
    const started = { tenantId: TENANT, document: documentOf("a.md"), complete: false };
    const passages = passagesOf([["a"]]);
    const documentId = await database.write(startDocument, { ...started, passages });
    await remove(documentId);
    const input = { tenantId: TENANT, documentId, passages, complete: true };
    expect(await database.write(continueDocument, input)).toBe(false);
    expect(await listDocuments(database, TENANT)).toEqual([]);
  });

  it("keeps tenants apart", async () => {
    await put("a.md", [["a"]], "en");
    const document = documentOf("a.md");
    const passages = passagesOf([["a"], ["b"]]);
    await database.write(startDocument, { tenantId: "other", document, passages, complete: true });
    expect((await counted()).chunks).toBe(1);
    expect(await listDocuments(database, TENANT)).toHaveLength(1);
  });
});
