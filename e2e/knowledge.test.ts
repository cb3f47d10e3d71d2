import { cp, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startScriptedModel } from "../apps/server/src/models/testing/scripted-server.ts";
import {
  makeDataDir,
  type PackagedServer,
  startPackagedServer,
} from "./support/packaged-server.ts";

const MODULES = fileURLToPath(new URL("../node_modules/", import.meta.url));

interface Answer {
  readonly success: boolean;
  readonly data: {
    readonly text: string;
    readonly contexts?: readonly { readonly source: string; readonly text: string }[];
  };
}

describe("a folder of documents that nobody wrote for us", () => {
  let folder: string;
  let dataDir: string;
  let files: number;
  let server: PackagedServer;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "orcha-docs-"));
    dataDir = await makeDataDir();
    files = await copyDocuments(folder);
    server = await startPackagedServer({ args: ["--knowledge", folder], dataDir });
    await server.line(/"msg":"Documents are up to date"/);
  }, 180_000);
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
    await rm(dataDir, { recursive: true, force: true });
  });

  async function ask(url: string, text: string): Promise<Answer> {
    const response = await fetch(`${url}/api/v1/orcha/chat-v2`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ text, use_rag: true }),
    });
    return (await response.json()) as Answer;
  }

  it("is read whole, at least 200 files of it", async () => {
    expect(files).toBeGreaterThanOrEqual(200);
    const report = JSON.parse(await server.line(/"msg":"Documents are up to date"/));
    expect(report.indexed + report.skipped.length).toBe(files);
    expect(report.skipped.length).toBeLessThan(5);
  });

  it("answers questions about it, quoted and with their source", async () => {
    for (const [question, source, words] of [
      ["How do I redact sensitive data from pino logs?", /pino/, /redact/],
      ["How do I mock requests with undici's MockAgent?", /undici/, /MockAgent/],
    ] as const) {
      const { data } = await ask(server.url, question);
      expect(data.text).toMatch(words);
      expect(data.text).toMatch(/\[\d\]/);
      expect(data.contexts?.[0]?.source).toMatch(source);
    }
  });

  it("is not read again at the next start, and answers as before", async () => {
    const before = await ask(server.url, "How do I redact sensitive data from pino logs?");
    await server.stop();
    server = await startPackagedServer({ args: ["--knowledge", folder], dataDir });
    const report = JSON.parse(await server.line(/"msg":"Documents are up to date"/));
    expect(report).toMatchObject({ indexed: 0, removed: 0 });
    const after = await ask(server.url, "How do I redact sensitive data from pino logs?");
    expect(after.data.text).toBe(before.data.text);
  });

  it("is shown to an OpenAI-compatible model, whose answer cites it", async () => {
    await using model = await startScriptedModel({
      reply: () => ({ tokens: ["Use ", "the `redact` ", "option. [1]"] }),
    });
    await server.stop();
    server = await startPackagedServer({
      args: ["--knowledge", folder],
      dataDir,
      env: { ORCHA_MODELS: "openai-compatible/test", ORCHA_MODEL_BASE_URL: model.url },
    });
    const { data } = await ask(server.url, "How do I redact sensitive data from pino logs?");
    expect(data.text).toBe("Use the `redact` option. [1]");
    const [system, question] = model.requests[0]?.body.messages ?? [];
    expect(system?.content).toContain(data.contexts?.[0]?.text);
    expect(question?.content).toBe("How do I redact sensitive data from pino logs?");
  });
});

/** Every Markdown and HTML file that the installed packages ship. */
async function copyDocuments(target: string): Promise<number> {
  let copied = 0;
  const entries = await readdir(MODULES, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const source = join(entry.parentPath, entry.name);
    if (!entry.isFile() || !/\.(md|html?)$/i.test(entry.name)) continue;
    const path = source.slice(MODULES.length).replaceAll("node_modules/", "");
    if (path.startsWith(".")) continue;
    await mkdir(dirname(join(target, path)), { recursive: true });
    await cp(source, join(target, path));
    copied += 1;
  }
  return copied;
}
