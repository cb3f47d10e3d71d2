import { rm } from "node:fs/promises";
import type { Browser, Frame, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startScriptedModel } from "../apps/server/src/models/testing/scripted-server.ts";
import { findChromium } from "../scripts/system-programs.mjs";
import { openChat, openPage, startBrowser } from "./support/browser.ts";
import {
  makeDataDir,
  type PackagedServer,
  startPackagedServer,
} from "./support/packaged-server.ts";

describe.skipIf(!findChromium())(
  "the product, from its one command to the answer on screen",
  () => {
    let browser: Browser;
    let dataDir: string;
    let server: PackagedServer;
    beforeAll(async () => {
      browser = await startBrowser();
    });
    afterAll(() => browser.close());
    beforeEach(async () => {
      dataDir = await makeDataDir();
      server = await startDemo();
      await server.line(/Documents: \d+ read/);
    });
    afterEach(async () => {
      await server[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true, force: true });
    });

    async function startDemo(port = 0, env = {}): Promise<PackagedServer> {
      return startPackagedServer({ args: ["--demo"], dataDir, port, env });
    }

    async function ask(frame: Frame, text: string, answers: number): Promise<void> {
      await frame.fill("textarea", text);
      await frame.press("textarea", "Enter");
      await frame.waitForSelector(`.turn:nth-child(${answers}) .tool`);
    }

    async function visit(): Promise<{ page: Page; problems: readonly string[] }> {
      return openPage(browser, `${server.url}/demo`);
    }

    it("answers how to embed the widget, from the documents, with its source", async () => {
      const { page, problems } = await visit();
      const frame = await openChat(page);
      await ask(frame, "How do I embed the widget?", 1);
      expect(await frame.textContent(".prose")).toContain("Paste this before </body>");
      expect(await frame.textContent(".prose")).toContain("/widget/v1/aura.js");
      expect(await frame.textContent(".sources")).toContain("embed-the-widget.md");
      expect(problems).toEqual([]);
    });

    it("has the transcript again after a reload, and the thread goes on after a restart", async () => {
      const { page } = await visit();
      await ask(await openChat(page), "How do I embed the widget?", 1);
      const port = Number(new URL(server.url).port);
      await server.stop();
      server = await startDemo(port);

      await page.reload();
      const frame = await openChat(page);
      await frame.waitForSelector(".prose >> text=Paste this before");
      await ask(frame, "Does it work on phones?", 2);
      await page.reload();
      const again = await openChat(page);
      await again.waitForSelector(".turn:nth-child(2) .prose");
      expect(await again.locator(".question").count()).toBe(2);
    });

    it("says so when the server is away, keeps the message, and Retry works when it is back", async () => {
      const { page } = await visit();
      const frame = await openChat(page);
      await ask(frame, "How do I embed the widget?", 1);
      const port = Number(new URL(server.url).port);
      await server.kill();
      await frame.fill("textarea", "Does it work on phones?");
      await frame.press("textarea", "Enter");
      await frame.waitForSelector(".failure");
      server = await startDemo(port);
      await frame.click("text=Retry");
      await frame.waitForSelector(".turn:nth-child(2) .prose >> text=fills the screen");
      expect(await frame.locator(".question").count()).toBe(2);
    });

    it("streams a language model's answer, and shows one plain sentence when the model fails", async () => {
      await using model = await startScriptedModel({
        reply: (_request, n) =>
          n === 1
            ? { tokens: ["Put the ", "**snippet** ", "on your page. [1]"], tokenMs: 20 }
            : { status: 401, body: '{"error":{"message":"bad key sk-secret"}}' },
      });
      await server.stop();
      server = await startDemo(0, {
        ORCHA_MODELS: "openai-compatible/test",
        ORCHA_MODEL_BASE_URL: model.url,
      });
      const { page } = await visit();
      const frame = await openChat(page);
      await ask(frame, "How do I embed the widget?", 1);
      expect(await frame.textContent(".prose strong")).toBe("snippet");
      await frame.fill("textarea", "And now?");
      await frame.press("textarea", "Enter");
      await frame.waitForSelector(".failure >> text=The assistant cannot answer right now.");
      expect(await frame.textContent("body")).not.toContain("sk-secret");
    });
  },
);
