import { afterAll, beforeAll, expect, it } from "vitest";
import type { Database } from "../db/database.ts";
import { type NewDocument, startDocument } from "../knowledge/store.ts";
import { describeOnEveryEngine, type TestStorage } from "../testing/databases.ts";
import { scoreAmong, scorePassages } from "./scores-store.ts";
import { findTerms, readCorpus } from "./terms-store.ts";

const TENANT = "acme";
const document: Omit<NewDocument, "source"> = {
  title: "T",
  url: null,
  language: "en",
  fingerprint: "1:x",
  size: 1,
  changedAt: 1,
  indexedAt: 1,
  text: "",
};

describeOnEveryEngine("scores", (engine) => {
  let storage: TestStorage;
  let database: Database;
  beforeAll(async () => {
    storage = await engine.create();
    database = await storage.open();
    const passages = Array.from({ length: 40 }, (_, position) => ({
      position,
      heading: "",
      anchor: "",
      start: 0,
      end: 0,
      text: "",
      terms: ["common", ...(position % 2 ? ["odd"] : []), ...(position % 5 ? [] : ["fifth"])],
      frequencies: [1 + (position % 3), ...(position % 2 ? [2] : []), ...(position % 5 ? [] : [1])],
      length: 10 + position,
    }));
    const one = { tenantId: TENANT, document: { ...document, source: "a.md" }, complete: true };
    await database.write(startDocument, { ...one, passages });
  });
  afterAll(async () => {
    await database[Symbol.asyncDispose]();
    await storage[Symbol.asyncDispose]();
  });

  it("are the same whether terms find passages or rank those that others found", async () => {
    const known = await findTerms(database.reader, TENANT, ["common", "odd", "fifth", "unknown"]);
    expect([...known.keys()].sort()).toEqual(["common", "fifth", "odd"]);
    const terms = [...known.values()].map((term, at) => ({ ...term, weight: 1 + at }));
    const [first, ...rest] = terms;
    if (!first) throw new Error("No terms");
    const { publishedId } = await readCorpus(database.reader, TENANT);
    const all = await scorePassages(database.reader, TENANT, terms, { publishedId, limit: 100 });
    expect(all).toHaveLength(40);
    const ids = all.map(({ chunkId }) => chunkId);
    const parts = [
      ...(await scoreAmong(database.reader, TENANT, [first], ids)),
      ...(await scoreAmong(database.reader, TENANT, rest, ids)),
    ];
    for (const { chunkId, score, matched } of all) {
      const own = parts.filter((part) => part.chunkId === chunkId);
      expect(own.reduce((sum, part) => sum + part.score, 0)).toBeCloseTo(score, 6);
      expect(own.reduce((sum, part) => sum + part.matched, 0)).toBeCloseTo(matched, 6);
    }
  });

  it("leave out the passages of a document in the making", async () => {
    const before = await readCorpus(database.reader, TENANT);
    const passage = {
      position: 0,
      heading: "",
      anchor: "",
      start: 0,
      end: 0,
      text: "",
      terms: ["unfinished"],
      frequencies: [1],
      length: 1,
    };
    await database.write(startDocument, {
      tenantId: TENANT,
      document: { ...document, source: "b.md" },
      passages: [passage],
      complete: false,
    });
    const { publishedId } = await readCorpus(database.reader, TENANT);
    expect(publishedId).toBe(before.publishedId);
    const [term] = (await findTerms(database.reader, TENANT, ["unfinished"])).values();
    if (!term) throw new Error("The term is not there");
    const range = { publishedId, limit: 10 };
    const scored = await scorePassages(database.reader, TENANT, [{ ...term, weight: 1 }], range);
    expect(scored).toEqual([]);
  });
});
