import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadModule, readBlocks, runShell } from "./support/docs-blocks.ts";
import {
  makeDataDir,
  type PackagedServer,
  startPackagedServer,
} from "./support/packaged-server.ts";

describe("the code in the guides", () => {
  let dataDir: string;
  let folder: string;
  let server: PackagedServer;
  beforeAll(async () => {
    dataDir = await makeDataDir();
    folder = await mkdtemp(join(tmpdir(), "orcha-docs-"));
    server = await startPackagedServer({ dataDir, args: ["--knowledge", "docs"] });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await Promise.all([dataDir, folder].map((path) => rm(path, { recursive: true })));
  });

  /** Does what a page says from its top to its end; JavaScript is given to the test. */
  async function follow(page: string, atCode: (code: string) => Promise<void> = async () => {}) {
    const blocks = await readBlocks(page);
    expect(blocks.length).toBeGreaterThan(2);
    for (const { language, code } of blocks) {
      await (language === "js" ? atCode(code) : runShell(code, folder, dataDir));
    }
  }

  async function chat(headers: Record<string, string>) {
    const response = await fetch(`${server.url}/api/v1/orcha/chat-v2`, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: JSON.stringify({ text: "Hello" }),
    });
    return response.status;
  }
  /** Resolves when the server has taken a change over, which may take it a second. */
  async function statusBecomes(expected: number, headers: Record<string, string>) {
    await expect.poll(() => chat(headers), { timeout: 5000, interval: 100 }).toBe(expected);
  }

  it("signs users in, and changes the secret", async () => {
    let token = "";
    await follow("guides/sign-your-users-in.md", async (code) => {
      process.env.CHAT_SECRET = (await readFile(join(folder, "chat-secret.txt"), "utf8")).trim();
      const page = await loadModule<{ chatToken(userId: number): string }>(
        code,
        folder,
        server.url,
      );
      token = page.chatToken(42);
      await statusBecomes(200, { Authorization: `Bearer ${token}` });
      expect(await chat({ Authorization: `Bearer ${token.slice(0, -2)}` })).toBe(401);
      expect(await chat({})).toBe(200);
    });
    await statusBecomes(401, { Authorization: `Bearer ${token}` });
  });

  it("serves a partner", async () => {
    let key = "";
    await follow("guides/partners.md", async (code) => {
      key = (await readFile(join(folder, "partner-key.txt"), "utf8")).trim();
      process.env.ORCHA_KEY = key;
      const page = await loadModule<{
        ask(text: string, id?: number): Promise<{ text: string; conversation_id: number }>;
      }>(code, folder, server.url);
      const first = await page.ask("Where is my order?");
      const second = await page.ask("And when?", first.conversation_id);
      expect(second.conversation_id).toBe(first.conversation_id);
    });
    await statusBecomes(401, { Authorization: `Bearer ${key}` });
  });

  it("operates a server", async () => {
    await follow("guides/operating.md");
  });
});
