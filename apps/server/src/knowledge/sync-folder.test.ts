import { mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, inject, it } from "vitest";
import type { Database } from "../db/database.ts";
import { createRetriever } from "../retrieval/retriever.ts";
import { describeOnEveryEngine, type TestStorage } from "../testing/databases.ts";
import { listDocuments, startDocument } from "./store.ts";
import { type SyncOptions, type SyncProgress, syncFolder } from "./sync-folder.ts";

const TENANT = "acme";
/** Long ago, so that a file's time is trusted. */
const PAST = new Date("2024-01-01");

describeOnEveryEngine("syncFolder", (engine) => {
  let storage: TestStorage;
  let database: Database;
  let folder: string;
  beforeEach(async () => {
    storage = await engine.create();
    database = await storage.open();
    folder = await mkdtemp(join(tmpdir(), "orcha-knowledge-"));
  });
  afterEach(async () => {
    await database[Symbol.asyncDispose]();
    await storage[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const write = async (name: string, content: string | Uint8Array) => {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    await utimes(path, PAST, PAST);
  };
  const sync = (options: Partial<SyncOptions> = {}) =>
    syncFolder({
      database,
      tenantId: TENANT,
      folder,
      ingestScript: pathToFileURL(inject("ingestScript")),
      log: { warn: () => {} },
      ...options,
    });
  const find = async (question: string) =>
    (await createRetriever(database).retrieve(TENANT, question, [])).contexts;

  it("indexes Markdown, text and HTML, and nothing else", async () => {
    await write("guide/install.md", "# Install\n\nRun the zebra installer.");
    await write("notes.txt", "The walrus speaks.");
    await write("page.html", "<title>Page</title><main><p>A giraffe.</p></main>");
    await write("code.js", "walrus()");
    await write(".hidden/secret.md", "walrus");
    await write("node_modules/pkg/README.md", "walrus");
    const report = await sync();
    expect(report).toEqual({ indexed: 3, unchanged: 0, removed: 0, skipped: [], chunks: 3 });
    expect((await find("zebra")).map(({ source }) => source)).toEqual(["guide/install.md"]);
    expect((await find("walrus")).map(({ source }) => source)).toEqual(["notes.txt"]);
    expect((await find("giraffe")).map(({ title }) => title)).toEqual(["Page"]);
  });

  it("does not index an unchanged file again, replaces a changed one and removes a deleted one", async () => {
    await write("a.md", "A zebra.");
    await write("b.md", "A walrus.");
    await write("c.md", "A giraffe.");
    await sync();
    const before = await listDocuments(database, TENANT);

    await write("b.md", "A penguin.");
    await rm(join(folder, "c.md"));
    expect(await sync()).toMatchObject({ indexed: 1, unchanged: 1, removed: 1 });
    expect(await find("walrus")).toEqual([]);
    expect(await find("giraffe")).toEqual([]);
    expect(await find("penguin")).toHaveLength(1);
    const after = await listDocuments(database, TENANT);
    expect(after.map(({ source }) => source)).toEqual(["a.md", "b.md"]);
    expect(after[0]?.id).toBe(before[0]?.id);
  });

  it("knows a file by its content when only its time has changed", async () => {
    await write("a.md", "A zebra.");
    await sync();
    const touched = new Date();
    await utimes(join(folder, "a.md"), touched, touched);
    expect(await sync()).toMatchObject({ indexed: 0, unchanged: 1 });
  });

  it("notices a change that keeps size and time", async () => {
    await write("a.md", "A zebra.");
    await sync();
    await write("a.md", "A camel.");
    expect(await sync()).toMatchObject({ indexed: 1 });
    expect(await find("camel")).toHaveLength(1);
  });

  it("gives contexts the address of their heading, also when the base changes", async () => {
    await write("my guide/a.md", "# Animals\n\n## The zebra\n\nA zebra has stripes.");
    await sync({ urlBase: "https://docs.example/v1/" });
    expect((await find("zebra"))[0]?.url).toBe("https://docs.example/v1/my%20guide/a.md#the-zebra");
    expect(await sync({ urlBase: "https://other.example" })).toMatchObject({ unchanged: 1 });
    expect((await find("zebra"))[0]?.url).toBe("https://other.example/my%20guide/a.md#the-zebra");
    await sync();
    expect((await find("zebra"))[0]?.url).toBeNull();
  });

  it("names what it skips and why, and goes on", async () => {
    await write("a.md", "A zebra.");
    await write("binary.md", Buffer.from([0x50, 0x4b, 0x03, 0x04, 0xff, 0x00]));
    await write("large.txt", "x".repeat(20 * 1024 * 1024 + 1));
    await write("z.md", "A walrus.");
    await symlink(join(folder, "nowhere.md"), join(folder, "broken.md"));
    const warned: object[] = [];
    const report = await sync({ log: { warn: (fields) => warned.push(fields) } });
    expect(report.indexed).toBe(2);
    expect(warned).toEqual(report.skipped);
    expect(report.skipped).toEqual([
      { file: "large.txt", reason: "it is larger than 20 MB" },
      { file: "broken.md", reason: "it cannot be read (ENOENT)" },
      { file: "binary.md", reason: "it is not UTF-8 text" },
    ]);
  });

  it("keeps what it knew of a file that it cannot read for now, and drops what is no text any more", async () => {
    await write("a.md", "A zebra.");
    await write("b.md", "A walrus.");
    await sync();
    await rename(join(folder, "a.md"), join(folder, "moved"));
    await symlink(join(folder, "nowhere"), join(folder, "a.md"));
    await write("b.md", Buffer.from([0xff, 0x00]));
    expect(await sync()).toMatchObject({ removed: 1 });
    expect(await find("zebra")).toHaveLength(1);
    expect(await find("walrus")).toEqual([]);
  });

  it("follows links once, also in a circle", async () => {
    await write("docs/a.md", "A zebra.");
    await symlink(folder, join(folder, "docs", "again"));
    expect(await sync()).toMatchObject({ indexed: 1 });
  });

  it("skips a file that takes too long and indexes the others", async () => {
    await write("a.md", "A zebra.");
    await write("bomb.html", `<main>${"<div>".repeat(100_000)}deep`);
    await write("c.md", "A walrus.");
    const report = await sync({ fileTimeoutMs: 1_500 });
    expect(report.skipped).toEqual([
      { file: "bomb.html", reason: expect.stringContaining("1.5 s") },
    ]);
    expect(report.indexed).toBe(2);
  });

  it("skips Markdown that is nested beyond reason and indexes the others", async () => {
    await write("bomb.md", `${"> ".repeat(30_000)}deep\n`.repeat(4));
    await write("c.md", "A walrus.");
    const report = await sync({ fileTimeoutMs: 4_000 });
    expect(report.skipped.map(({ file }) => file)).toEqual(["bomb.md"]);
    expect(await find("walrus")).toHaveLength(1);
  });

  it("stores a large document in several writes and finds all of it", async () => {
    const sections = Array.from(
      { length: 60 },
      (_, at) => `## Part ${at}\n\nAnimal number${at} ${"lives here. ".repeat(40)}`,
    );
    await write("large.md", sections.join("\n\n"));
    expect((await sync()).chunks).toBe(60);
    expect((await find("number59"))[0]?.text).toContain("number59");
  });

  it("shows no half-indexed document, and takes it away at the next start", async () => {
    await write("a.md", "A zebra.");
    const text = "A walrus.";
    await database.write(startDocument, {
      tenantId: TENANT,
      document: {
        source: "half.md",
        title: "half",
        url: null,
        language: "en",
        fingerprint: "1:x",
        size: 1,
        changedAt: 1,
        indexedAt: 1,
        text,
      },
      passages: [
        {
          position: 0,
          heading: "",
          anchor: "",
          start: 0,
          end: 9,
          text,
          terms: ["walru"],
          frequencies: [1],
          length: 1,
        },
      ],
      complete: false,
    });
    expect(await find("walrus")).toEqual([]);

    await database[Symbol.asyncDispose]();
    database = await storage.open();
    await sync();
    expect((await listDocuments(database, TENANT)).map(({ source }) => source)).toEqual(["a.md"]);
  });

  it("tells how far it is, but not of a run that is over at once", async () => {
    await write("a.md", "A zebra.");
    await write("bomb.html", `<main>${"<div>".repeat(100_000)}deep`);
    await write("c.md", "A walrus.");
    const progress: SyncProgress[] = [];
    const rejected = new Map();
    const onProgress = (step: SyncProgress) => progress.push(step);
    await sync({ onProgress, rejected, fileTimeoutMs: 1_100 });
    expect(progress).toEqual([
      { done: 2, total: 3, file: "c.md" },
      { done: 3, total: 3, file: undefined },
    ]);

    progress.length = 0;
    const again = await sync({ onProgress, rejected, fileTimeoutMs: 1_100 });
    expect(again.skipped.map(({ file }) => file)).toEqual(["bomb.html"]);
    expect(progress).toEqual([{ done: 3, total: 3, file: undefined }]);
  });

  it("removes nothing when it is stopped or the folder is away", async () => {
    await write("a.md", "A zebra.");
    await sync();
    await rm(join(folder, "a.md"));
    await sync({ signal: AbortSignal.abort() });
    expect(await find("zebra")).toHaveLength(1);
    await expect(sync({ folder: join(folder, "gone") })).rejects.toThrow("ENOENT");
    expect(await find("zebra")).toHaveLength(1);
  });
});
