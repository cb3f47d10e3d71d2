import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { findChromium } from "../scripts/system-programs.mjs";
import { chatFrame, openPage, startBrowser } from "./support/browser.ts";
import { bundlePage, type PageScript } from "./support/bundle-page.ts";
import { type ScriptedServer, startScriptedServer } from "./support/scripted-server.ts";

const SCRIPT = { "Content-Type": "text/javascript" };

describe.skipIf(!findChromium())("the packages in Chromium", () => {
  let server: ScriptedServer;
  let browser: Browser;
  beforeAll(async () => {
    [server, browser] = await Promise.all([startScriptedServer(), startBrowser()]);
    // Every site has one, and a browser says so when it has not.
    server.page("/favicon.ico", "");
  });
  afterAll(async () => {
    await browser.close();
    await server[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    server.messages.length = 0;
    server.reply((turn) => {
      turn.start();
      turn.delta("We are happy to help.");
      turn.end();
    });
  });

  /** Opens a page, with its script beside it. */
  async function visit(name: string, html: string, script?: PageScript) {
    server.page(`/${name}/`, html.replaceAll("https://chat.example.com", server.url));
    if (script) server.page(`/${name}/dist/main.js`, await bundlePage(script, server.url), SCRIPT);
    const watched = await openPage(browser, `${server.url}/${name}/`);
    onTestFinished(() => watched.context.close());
    return watched;
  }

  /** Asks in the page's chat and waits for the answer. */
  async function ask(page: Page, text: string) {
    const frame = await chatFrame(page);
    await frame.fill("textarea", text);
    await frame.press("textarea", "Enter");
    await frame.waitForSelector(".prose >> text=We are happy to help.");
    return frame;
  }

  describe.each([
    { name: "html", script: undefined },
    { name: "react", script: { file: "examples/react/main.tsx" } },
    { name: "vue", script: { file: "examples/vue/main.ts" } },
    { name: "web-component", script: { file: "examples/web-component/main.ts" } },
  ])("examples/$name", ({ name, script }) => {
    async function example() {
      const html = await readFile(fileOf(`examples/${name}/index.html`), "utf8");
      const watched = await visit(`examples/${name}`, html, script);
      await watched.page.click("text=Ask us");
      return watched;
    }

    it("opens the chat, answers, and hears of the question once", async () => {
      const { page, problems } = await example();
      await ask(page, "Where is my order?");
      await expect.poll(() => page.textContent("output")).toBe("1");
      expect(await page.locator("aura-chat").count()).toBe(1);
      expect(problems).toEqual([]);
    });

    it("takes another option over and keeps the conversation", async () => {
      const { page } = await example();
      const frame = await ask(page, "Where is my order?");
      expect(await frame.textContent("h1")).toBe("Orders");
      await page.click("text=About returns");
      await expect.poll(() => frame.textContent("h1")).toBe("Returns");
      expect(await frame.textContent(".question")).toContain("Where is my order?");
      await frame.fill("textarea", "And my parcel?");
      await frame.press("textarea", "Enter");
      await expect.poll(() => page.textContent("output")).toBe("2");
    });

    it("takes the chat off the page, and puts it back with the conversation", async () => {
      const { page, problems } = await example();
      await ask(page, "Where is my order?");
      await page.click("text=Chat on or off");
      await expect.poll(() => page.locator("aura-chat").count()).toBe(0);
      expect(await page.locator("iframe").count()).toBe(0);

      await page.click("text=Chat on or off");
      await page.click("text=Ask us");
      const again = await chatFrame(page);
      await again.waitForSelector(".question >> text=Where is my order?");
      expect(await page.locator("aura-chat").count()).toBe(1);
      expect(problems).toEqual([]);
    });
  });

  it.each(["widget", "react", "vue", "web-component"])(
    "run the example of packages/%s's page",
    async (name) => {
      const folder = `packages/${name}`;
      const readme = await readFile(fileOf(`${folder}/README.md`), "utf8");
      const [, code = ""] = /^```tsx? run\n(.*?)^```$/ms.exec(readme) ?? [];
      const html = '<!doctype html><title>Page</title><body><div id="app"></div>';
      const { page, problems } = await visit(
        `readme/${name}`,
        `${html}<script type="module" src="dist/main.js"></script>`,
        { code, folder },
      );
      await ask(page, "Does it work?");
      expect(problems).toEqual([]);
    },
  );

  it("tell an element's events once where its chat is in the corner, and follow what is set on it", async () => {
    const code = `
      const chat = document.createElement("aura-widget");
      chat.id = "shop";
      chat.header = { title: "Set before the code came" };
      chat.setAttribute("api-base-url", "https://chat.example.com");
      document.body.append(chat);
      window.heard = [];
      chat.addEventListener("aura:message:sent", ({ detail }) => heard.push(detail.id));
      document.addEventListener("aura:message:sent", ({ detail }) => heard.push(detail.id));
      await import("@orcha/web-component");
      chat.instance.open();`;
    const html = "<!doctype html><title>Page</title><body>";
    const { page, problems } = await visit(
      "corner",
      `${html}<script type="module" src="dist/main.js"></script>`,
      { code, folder: "packages/web-component" },
    );
    const frame = await ask(page, "Where is my order?");
    expect(await frame.textContent("h1")).toBe("Set before the code came");
    // The element hears it, and the document: not the element's once more.
    expect(await page.evaluate("heard")).toEqual(["shop", "shop"]);

    const chat = page.locator("aura-widget");
    await chat.evaluate((element) => {
      Object.assign(element, { header: undefined });
      element.setAttribute("header", '{"title":"Set by an attribute"}');
    });
    await expect.poll(() => frame.textContent("h1")).toBe("Set by an attribute");
    await chat.evaluate((element) => element.remove());
    expect(await page.locator("aura-chat").count()).toBe(0);
    expect(problems).toEqual([]);
  });
});

describe("the packages on a server", () => {
  it("are imported without a document, and draw an inline chat's place and nothing else", async () => {
    const code = `
      import { createElement } from "react";
      import { renderToString } from "react-dom/server";
      import { createSSRApp, h } from "vue";
      import { renderToString as renderVue } from "vue/server-renderer";
      import { AuraChat } from "@orcha/react";
      import { AuraChat as VueChat } from "@orcha/vue";
      import "@orcha/web-component";
      const corner = { apiBaseUrl: "https://chat.example.com" };
      const inline = { ...corner, mode: "inline" };
      console.log(JSON.stringify([
        renderToString(createElement(AuraChat, corner)),
        renderToString(createElement(AuraChat, inline)),
        await renderVue(createSSRApp(() => h(VueChat, corner))),
        await renderVue(createSSRApp(() => h(VueChat, inline))),
      ]));`;
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, ["--input-type=module", "-e", code], {
      cwd: fileOf("examples"),
    });
    expect(JSON.parse(stdout)).toEqual(["", "<div></div>", "<!---->", "<div></div>"]);
  });
});

function fileOf(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}
