import { createHash } from "node:crypto";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { findChromium } from "../scripts/system-programs.mjs";
import { openPage, startBrowser } from "./support/browser.ts";
import { type ScriptedServer, startScriptedServer } from "./support/scripted-server.ts";

describe.skipIf(!findChromium())("the page of the widget's versions", () => {
  let server: ScriptedServer;
  let browser: Browser;
  beforeAll(async () => {
    [server, browser] = await Promise.all([startScriptedServer(), startBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await server[Symbol.asyncDispose]();
  });

  async function visit(address: string, options: BrowserContextOptions = {}) {
    const watched = await openPage(browser, address, options);
    onTestFinished(() => watched.context.close());
    return watched;
  }

  /** The pinned snippet as the page's Copy button gives it. */
  async function copySnippet() {
    const permissions = ["clipboard-read", "clipboard-write"];
    const { page, problems } = await visit(`${server.url}/widget`, { permissions });
    await page.click("[data-copy=pinned]");
    await page.waitForSelector("[data-copy=pinned] >> text=Copied");
    expect(problems).toEqual([]);
    return page.evaluate(() => navigator.clipboard.readText());
  }

  /** Puts a snippet on a page of another site. */
  function visitWith(snippet: string) {
    const head = '<!doctype html><title>Host</title><link rel="icon" href="data:,">';
    server.page("/host/pinned", `${head}<body>${snippet}`);
    return visit(`${server.url.replace("127.0.0.1", "localhost")}/host/pinned`);
  }

  it("shows the hash of the very bytes that are served", async () => {
    const snippet = await copySnippet();
    const [, address = ""] = /src="([^"]+)"/.exec(snippet) ?? [];
    const bytes = Buffer.from(await (await fetch(address)).arrayBuffer());
    const integrity = `sha384-${createHash("sha384").update(bytes).digest("base64")}`;
    expect(snippet).toContain(`integrity="${integrity}"`);
    const manifest = await (await fetch(`${server.url}/widget/manifest.json`)).json();
    expect(manifest.files[new URL(address).pathname]).toBe(integrity);
  });

  it("gives a snippet that runs on another site, and runs nothing when the file is another", async () => {
    const snippet = await copySnippet();
    const good = await visitWith(snippet);
    await good.page.waitForFunction(() => document.querySelector("aura-chat"));
    expect(good.problems).toEqual([]);

    const [, address = ""] = /src="([^"]+)"/.exec(snippet) ?? [];
    const changed = `${await (await fetch(address)).text()};window.changed=true`;
    server.page(new URL(address).pathname, changed, {
      "Content-Type": "text/javascript",
      "Access-Control-Allow-Origin": "*",
    });
    const refused = await visitWith(snippet);
    await expect.poll(() => refused.problems.join()).toContain("integrity");
    expect(await refused.page.evaluate("window.changed")).toBeUndefined();
    expect(await refused.page.locator("aura-chat").count()).toBe(0);
  });

  it.each(["light", "dark"] as const)(
    "has no accessibility violation in %s, and fits the narrowest phone",
    async (colorScheme) => {
      const viewport = { width: 320, height: 640 };
      const { page, problems } = await visit(`${server.url}/widget`, { colorScheme, viewport });
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id }) => id)).toEqual([]);
      const overflow = () => document.documentElement.scrollWidth - window.innerWidth;
      expect(await page.evaluate(overflow)).toBe(0);
      expect(problems).toEqual([]);
    },
  );
});
