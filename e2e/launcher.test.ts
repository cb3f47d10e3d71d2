import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { findChromium } from "../scripts/system-programs.mjs";
import { openPage, startBrowser } from "./support/browser.ts";
import { widgetFrame } from "./support/hostile-page.ts";
import { launcherLook } from "./support/launcher.ts";
import { type ScriptedServer, startScriptedServer } from "./support/scripted-server.ts";

describe.skipIf(!findChromium())("the launcher", () => {
  let server: ScriptedServer;
  let browser: Browser;
  beforeAll(async () => {
    [server, browser] = await Promise.all([startScriptedServer(), startBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await server[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    server.messages.length = 0;
    server.reply((turn) => {
      turn.start();
      turn.end("It does.");
    });
  });

  let pages = 0;
  async function visit(html: string, attributes = 'lang="en"') {
    pages += 1;
    const path = `/launcher/${pages}`;
    const head = `<!doctype html><html ${attributes}><title>Host</title><link rel="icon" href="data:,">`;
    const script = `<script src="${server.url}/widget/v1/aura.js"></script>`;
    server.page(path, `${head}<body>${html}${script}`);
    const watched = await openPage(browser, server.url.replace("127.0.0.1", "localhost") + path);
    onTestFinished(() => watched.context.close());
    return watched;
  }
  /** Starts a widget and keeps it at `window.aura`. */
  const start = (page: Page, options = "") =>
    page
      .evaluate(`window.aura=AuraChatWidget.init({apiBaseUrl:"${server.url}"${options}})`)
      .then(() => undefined);
  const main = (page: Page) => widgetFrame(page, page.mainFrame());

  it("stands in the corner that the page names, mirrored where it reads from the right", async () => {
    const corner = async (page: Page) => {
      const { left, top, right, bottom } = await launcherLook(page);
      return { left, top, right: 1280 - right, bottom: 800 - bottom };
    };
    const { page } = await visit("");
    await start(page, ',theme:{offsetX:"30px",offsetY:"40px",size:"50px"}');
    expect(await corner(page)).toEqual({ left: 1200, top: 710, right: 30, bottom: 40 });
    await page.evaluate("aura.update({position:'top-start'})");
    expect(await corner(page)).toEqual({ left: 30, top: 40, right: 1200, bottom: 710 });

    const arabic = await visit("", 'lang="ar" dir="rtl"');
    // The frame, which speaks more languages, stays away.
    await arabic.page.route("**/widget/frame*", (route) => route.abort());
    await start(arabic.page);
    expect(await corner(arabic.page)).toMatchObject({ left: 20, bottom: 20 });
    expect((await launcherLook(arabic.page)).name).toBe("دردشة");
  });

  it("has the page's colour at once, and an ink that is read on it", async () => {
    const { page } = await visit("<style>aura-chat{--aura-accent:#ffe600}</style>");
    // The frame, which derives its own shades, stays away.
    await page.route("**/widget/frame*", (route) => route.abort());
    await start(page);
    expect(await launcherLook(page)).toMatchObject({
      background: "rgb(255, 230, 0)",
      ink: "lch(0 0 0)",
      name: "Chat",
    });
    await page.evaluate("aura.update({theme:{accent:'#0d2b62'},launcher:{label:'Ask us'}})");
    expect(await launcherLook(page)).toMatchObject({
      background: "rgb(13, 43, 98)",
      ink: "lch(100 0 0)",
      name: "Ask us",
      text: "Ask us",
    });
  });

  it("is paler while a click waits for the chat, which then has the focus", async () => {
    const { page } = await visit("");
    let release: (() => Promise<void>) | undefined;
    await page.route("**/widget/frame*", (route) => {
      release = () => route.continue();
    });
    const opacity = () => launcherLook(page).then((look) => look.opacity);
    await start(page);
    expect(await opacity()).toBe("1");
    await page.evaluate("aura.open()");
    expect(await opacity()).toBe("0.5");
    await page.evaluate("aura.close()");
    expect(await opacity()).toBe("1");
    await page.evaluate("aura.open()");

    await expect.poll(() => release).toBeDefined();
    await release?.();
    await expect.poll(opacity).toBe("1");
    const frame = await main(page);
    await frame.waitForFunction(
      () => document.hasFocus() && document.activeElement?.localName === "textarea",
    );
  });

  it("loads another frame for another tenant, and none for another language", async () => {
    const { page, requests } = await visit("");
    const frames = () =>
      requests
        .filter((url) => url.includes("/widget/frame"))
        .map((url) => new URL(url).searchParams);
    await start(page, ',locale:"de"');
    await main(page);
    await page.evaluate(
      "aura.setLocale('fr');aura.setColorScheme('dark');aura.setContext({page:true})",
    );
    await page.evaluate("aura.update({tenantId:'shop'})");
    await expect
      .poll(() => frames().map((query) => `${query.get("tenant_id")} ${query.get("lang")}`))
      .toEqual([" de", "shop fr"]);
    await expect.poll(() => page.frames().length).toBe(2);
  });
});
