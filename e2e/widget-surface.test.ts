import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { findChromium } from "../scripts/system-programs.mjs";
import { openPage, startBrowser } from "./support/browser.ts";
import { openByLauncher, widgetFrame } from "./support/hostile-page.ts";
import { launcherLook } from "./support/launcher.ts";
import { type ScriptedServer, startScriptedServer } from "./support/scripted-server.ts";

describe.skipIf(!findChromium())("what a page can do with the widget", () => {
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
    const path = `/surface/${pages}`;
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
  const asked = () => server.asked.map(({ body }) => body.text);

  it("asks what an element of the page says, wherever it came from, until it is destroyed", async () => {
    const { page, problems } = await visit('<a href="/elsewhere" data-aura-ask="By link?">Ask</a>');
    await start(page);
    await page.click("text=Ask");
    const frame = await main(page);
    await frame.waitForSelector(".question >> text=By link?");
    await page.evaluate(() => {
      document.body.insertAdjacentHTML(
        "afterbegin",
        '<form action="/elsewhere"><button data-aura-ask="By button?"><b>Later</b></button></form><i data-aura-ask="" data-aura-id="other">Other</i>',
      );
    });
    await page.click("text=Later");
    await frame.waitForSelector(".turn:nth-child(2) .prose");
    await page.click("text=Other");
    expect(asked().slice(-2)).toEqual(["By link?", "By button?"]);
    expect(page.url()).toContain("/surface/");

    await page.evaluate("aura.destroy()");
    await page.evaluate("document.querySelector('a').href='#followed'");
    await page.click("text=Ask");
    expect(page.url()).toContain("#followed");
    expect(problems).toEqual([]);
  });

  it("sends what it is told before the frame is there, in order, and opens nothing", async () => {
    const { page } = await visit("");
    const before = asked().length;
    await start(page);
    await page.evaluate("aura.sendMessage('First')");
    const frame = await main(page);
    await frame.waitForSelector(".turn:nth-child(1) .prose", { state: "attached" });
    await page.evaluate("aura.sendMessage('Second')");
    await frame.waitForSelector(".turn:nth-child(2) .prose", { state: "attached" });
    expect(asked().slice(before)).toEqual(["First", "Second"]);
    expect(await page.evaluate("document.activeElement.localName")).toBe("body");
  });

  it("tells what happens, on the instance and on the page, whatever a listener throws", async () => {
    const { page, problems } = await visit("");
    await page.evaluate(() => {
      const heard: string[] = [];
      Object.assign(window, { heard });
      for (const name of ["ready", "open", "close"])
        document.addEventListener(`aura:${name}`, (event) =>
          heard.push(`${name} ${event instanceof CustomEvent && event.detail.id}`),
        );
    });
    await start(page, ',id:"shop"');
    await page.evaluate(`
      aura.on("open",()=>{throw new Error("a listener's own")});
      aura.once("open",({detail})=>heard.push("once "+detail.id));
      window.off=aura.on("close",()=>heard.push("on"));
      const same=()=>heard.push("never");aura.on("close",same);aura.off("close",same)`);
    await main(page);
    await page.evaluate("aura.toggle();aura.close();aura.close();off();aura.open();aura.toggle()");
    expect(await page.evaluate("heard.filter((one)=>!one.startsWith('ready'))")).toEqual([
      "once shop",
      "open shop",
      "on",
      "close shop",
      "open shop",
      "close shop",
    ]);
    await expect.poll(() => page.evaluate("heard.join()")).toContain("ready shop");
    expect(problems).toEqual(["error: a listener's own", "error: a listener's own"]);
  });

  it("makes a second widget of another id, and each goes alone", async () => {
    const { page } = await visit("");
    await start(page);
    await page.evaluate(
      `window.two=AuraChatWidget.init({apiBaseUrl:"${server.url}",id:"two",position:"top-start"})`,
    );
    expect(await page.locator("aura-chat").count()).toBe(2);
    await page.evaluate("two.destroy();two.destroy();two.open();two.update({locale:'de'})");
    expect(await page.locator("aura-chat").count()).toBe(1);
    await openByLauncher(page, page.mainFrame());
  });

  it("fills a part of the page, at once and without taking the focus", async () => {
    const { page, problems } = await visit(
      '<main id="chat" style="width:500px;height:400px"></main>',
    );
    await start(page, ',mode:"inline",target:"#chat"');
    const frame = await main(page);
    expect(await page.locator("main > aura-chat").count()).toBe(1);
    await expect.poll(() => frame.evaluate("[innerWidth,innerHeight]")).toEqual([500, 400]);
    expect((await launcherLook(page)).isShown).toBe(false);
    expect(await page.evaluate("document.activeElement.localName")).toBe("body");
    expect(problems).toEqual([]);

    await page.evaluate(
      `AuraChatWidget.init({apiBaseUrl:"${server.url}",id:"none",mode:"inline",target:"#missing"})`,
    );
    expect(problems).toEqual([expect.stringContaining("[aura] Error: target?")]);
  });

  it("fills the page", async () => {
    const { page } = await visit("");
    await start(page, ',mode:"page"');
    const frame = await main(page);
    await expect.poll(() => frame.evaluate("[innerWidth,innerHeight]")).toEqual([1280, 800]);
  });

  describe("the launcher", () => {
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
        ink: expect.stringMatching(/^color\(xyz-d65 -\d/),
        name: "Chat",
      });
      await page.evaluate("aura.update({theme:{accent:'#0d2b62'},launcher:{label:'Ask us'}})");
      expect(await launcherLook(page)).toMatchObject({
        background: "rgb(13, 43, 98)",
        ink: expect.stringMatching(/^color\(xyz-d65 \d/),
        name: "Ask us",
        text: "Ask us",
      });
    });

    it("is left out when the page wants it so, and hidden with the rest", async () => {
      const { page } = await visit("");
      await start(page);
      await page.evaluate("aura.hide()");
      expect((await launcherLook(page)).isShown).toBe(false);
      await page.evaluate("aura.show()");
      expect((await launcherLook(page)).isShown).toBe(true);
      await page.evaluate("aura.update({launcher:false});aura.open()");
      expect((await launcherLook(page)).isShown).toBe(false);
      const frame = await main(page);
      await frame.waitForFunction(() => document.hasFocus());
    });
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
