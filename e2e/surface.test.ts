import type { Browser, Frame } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { InitOptions } from "../apps/widget/src/surface.ts";
import { findChromium } from "../scripts/system-programs.mjs";
import { startBrowser } from "./support/browser.ts";
import { type HostOptions, openHostPage } from "./support/host-page.ts";
import { type ScriptedServer, startScriptedServer } from "./support/scripted-server.ts";

describe.skipIf(!findChromium())("what a page has the widget do:", () => {
  let server: ScriptedServer;
  let browser: Browser;
  beforeAll(async () => {
    [server, browser] = await Promise.all([startScriptedServer(), startBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await server[Symbol.asyncDispose]();
  });
  let before: number;
  beforeEach(() => {
    server.messages.length = 0;
    before = server.asked.length;
    server.reply((turn) => {
      turn.start();
      turn.end(`Answer to ${String(turn.asked.body.text)}`);
    });
  });

  const open = (options: Partial<InitOptions> = {}, how: HostOptions = {}) =>
    openHostPage(browser, server, options, how);
  const asked = () => server.asked.slice(before);
  const texts = () => asked().map(({ body }) => body.text);
  const questions = (frame: Frame) => frame.locator(".question [dir=auto]").allTextContents();
  const answered = (frame: Frame, nth = 1) =>
    frame.waitForSelector(`.turn:nth-of-type(${nth}) .tool`);

  describe("messages", () => {
    it("that it sends before there is a frame come through in order, and open nothing", async () => {
      const { run, frame, panel } = await open();
      await run(`aura.sendMessage("One"); aura.sendMessage("Two"); aura.sendMessage("   ")`);
      const inside = await frame();
      await answered(inside, 2);
      expect(texts()).toEqual(["One", "Two"]);
      expect(await questions(inside)).toEqual(["One", "Two"]);
      expect(await panel.isVisible()).toBe(false);
    });

    it("that it sends while an answer is on its way wait for it, once and in order", async () => {
      let goOn: () => void = () => undefined;
      server.reply(
        (turn) => {
          turn.start();
          turn.delta("Slow");
          goOn = () => turn.end();
        },
        (turn) => {
          turn.start();
          turn.end("Quick");
        },
      );
      const { run, frame } = await open();
      await run(`aura.open(); aura.sendMessage("One")`);
      const inside = await frame();
      await inside.waitForSelector(".streaming");
      await run(`aura.sendMessage("Two"); aura.sendMessage("Three")`);
      await expect.poll(() => inside.locator("text=Three").count()).toBe(1);
      expect(texts()).toEqual(["One"]);
      goOn();
      await answered(inside, 3);
      expect(texts()).toEqual(["One", "Two", "Three"]);
      expect(asked().map(({ body }) => body.conversation_id)).toEqual([
        undefined,
        "4311770212345678",
        "4311770212345678",
      ]);
    });

    it("that it writes wait in the composer for the visitor", async () => {
      const { run, frame } = await open();
      await run(`aura.setInput("I would like to"); aura.open()`);
      const inside = await frame();
      await expect.poll(() => inside.inputValue("textarea")).toBe("I would like to");
      await inside.waitForFunction(() => document.activeElement?.localName === "textarea");
      expect(texts()).toEqual([]);
      await inside.press("textarea", "Enter");
      await answered(inside);
      expect(texts()).toEqual(["I would like to"]);
    });

    it("begin a new conversation when it says so", async () => {
      const { run, frame, heard } = await open();
      await run(`aura.open(); aura.sendMessage("One")`);
      const inside = await frame();
      await answered(inside);
      await run("aura.newConversation()");
      await inside.waitForSelector(".welcome");
      await run(`aura.sendMessage("Two")`);
      await answered(inside);
      expect(asked().map(({ body }) => body.conversation_id)).toEqual([undefined, undefined]);
      expect(await heard("conversation:change")).toEqual([
        { id: "default", conversationId: 4311770212345678 },
        { id: "default", conversationId: null },
        { id: "default", conversationId: 4311770212345680 },
      ]);
    });
  });

  it("opens, closes, hides and shows", async () => {
    const { run, panel, launcher, heard } = await open();
    await run("aura.open(); aura.open()");
    await expect.poll(() => panel.isVisible()).toBe(true);
    expect(await launcher.getAttribute("aria-expanded")).toBe("true");
    await run("aura.hide()");
    expect(await panel.isVisible()).toBe(false);
    expect(await launcher.isVisible()).toBe(false);
    await run("aura.show()");
    expect(await launcher.isVisible()).toBe(true);
    await run("aura.close(); aura.close()");
    await expect.poll(() => panel.isVisible()).toBe(false);
    await run("aura.toggle(); aura.toggle()");
    expect(await heard("open")).toEqual([{ id: "default" }, { id: "default" }]);
    expect(await heard("close")).toEqual([{ id: "default" }, { id: "default" }]);
  });

  it("takes options over while it runs, and keeps the messages", async () => {
    const { run, frame, page, problems } = await open();
    await run(`aura.open(); aura.sendMessage("Keep me")`);
    const inside = await frame();
    await answered(inside);
    await run(`aura.update({ header: { title: "Shop", subtitle: "Replies at once" } })`);
    await expect.poll(() => inside.textContent("header")).toBe("SShopReplies at once");
    await run(`aura.update({ theme: { radius: "4px", density: "compact" } })`);
    await expect.poll(() => inside.getAttribute("html", "class")).toBe("light compact");
    await run(`aura.setColorScheme("dark")`);
    await expect.poll(() => inside.getAttribute("html", "class")).toBe("dark compact");
    // The same id once more is the same widget.
    const same = `AuraChatWidget.init({ apiBaseUrl: "${server.url}", locale: "fr" }) === aura`;
    expect(await page.evaluate(same)).toBe(true);
    await inside.waitForSelector("html[lang=fr]");
    expect(await inside.textContent("h1")).toBe("Shop");
    expect(await questions(inside)).toEqual(["Keep me"]);
    await run(`aura.update({ starters: ["A?", "B?"] }); aura.newConversation()`);
    await expect
      .poll(() => inside.locator(".starters button").allTextContents())
      .toEqual(["A?", "B?"]);
    expect(problems).toEqual([]);
  });

  it("goes to another tenant with a frame of its own, and finds the conversation on the way back", async () => {
    const { run, frame, page } = await open({ tenantId: "shop" });
    await run(`aura.open(); aura.sendMessage("For the shop")`);
    await answered(await frame());
    await run(`aura.update({ tenantId: "blog" })`);
    const blog = await frame();
    await blog.waitForSelector(".welcome");
    expect(new URL(blog.url()).searchParams.get("tenant_id")).toBe("blog");
    await run(`aura.update({ tenantId: "shop" })`);
    const shop = await frame();
    await answered(shop);
    expect(await questions(shop)).toEqual(["For the shop"]);
    expect(await page.locator("aura-chat iframe").count()).toBe(1);
  });

  it("puts two widgets side by side, each with its own conversation, also after a reload", async () => {
    const { run, frame, page, heard } = await open({ id: "one" });
    const second = `window.two = AuraChatWidget.init({ apiBaseUrl: "${server.url}", id: "two", position: "bottom-start" });`;
    await run(`${second} aura.open(); aura.sendMessage("In one")`);
    await answered(await frame(0));
    await run(`two.open(); two.sendMessage("In two")`);
    await answered(await frame(1));
    expect(await questions(await frame(0))).toEqual(["In one"]);
    expect(await questions(await frame(1))).toEqual(["In two"]);
    const [one, two] = asked();
    expect([one, two].map((question) => question?.body.conversation_id)).toEqual([
      undefined,
      undefined,
    ]);
    expect(two?.headers.get("X-Aura-Visitor")).toBe(one?.headers.get("X-Aura-Visitor"));
    expect(await heard("message:sent")).toEqual([{ id: "one" }, { id: "two" }]);

    await run("two.newConversation()");
    const again = await frame(1);
    await again.waitForSelector(".welcome");
    await page.reload();
    await run(`${second} aura.open(); two.open()`);
    await answered(await frame(0));
    expect(await (await frame(1)).locator(".welcome").count()).toBe(1);
  });

  it("forgets an anonymous visitor, who comes back as another one", async () => {
    const { run, frame } = await open();
    await run(`aura.open(); aura.sendMessage("One")`);
    const inside = await frame();
    await answered(inside);
    await run(`aura.identify({ userId: 7 }); aura.sendMessage("As seven")`);
    await expect.poll(() => questions(inside)).toEqual(["As seven"]);
    await answered(inside);
    await run(`aura.logout(); aura.sendMessage("Two")`);
    await expect.poll(() => questions(inside)).toEqual(["Two"]);
    await answered(inside);
    const [first, named, last] = asked();
    expect(named?.body).toMatchObject({ text: "As seven", user_id: 7 });
    expect(named?.body).not.toHaveProperty("conversation_id");
    expect(last?.body).toMatchObject({ text: "Two" });
    expect(last?.body).not.toHaveProperty("conversation_id");
    expect(last?.body).not.toHaveProperty("user_id");
    const visitor = last?.headers.get("X-Aura-Visitor");
    expect(visitor).toBeTruthy();
    expect(visitor).not.toBe(first?.headers.get("X-Aura-Visitor"));
    expect(visitor).not.toBe(named?.headers.get("X-Aura-Visitor"));
  });

  it("goes without a trace, and comes back with the conversation", async () => {
    const { run, frame, page, problems } = await open();
    await run(`aura.open(); aura.sendMessage("One")`);
    await answered(await frame());
    await run(
      "aura.destroy(); aura.open(); aura.sendMessage('Nobody'); aura.update({}); aura.destroy()",
    );
    expect(await page.locator("aura-chat").count()).toBe(0);
    await run(`window.aura = AuraChatWidget.init({ apiBaseUrl: "${server.url}" }); aura.open()`);
    const inside = await frame();
    await answered(inside);
    expect(await questions(inside)).toEqual(["One"]);
    expect(texts()).toEqual(["One"]);
    expect(problems).toEqual([]);
  });

  describe("elements with data-aura-ask", () => {
    it("open the chat and ask, without going where a link or a form leads", async () => {
      const body = `<button id="button" data-aura-ask="One"><b>Ask</b></button>
        <a id="link" href="/elsewhere" data-aura-ask="Two">Ask</a>
        <form action="/elsewhere"><button id="submit" data-aura-ask="Three">Ask</button></form>
        <button id="empty" data-aura-ask>Open</button>
        <button id="other" data-aura-ask="Never" data-aura-id="other">Ask</button>`;
      const { run, frame, page, panel } = await open({}, { body });
      const address = page.url();
      await page.click("#empty");
      await expect.poll(() => panel.isVisible()).toBe(true);
      const inside = await frame();
      expect(texts()).toEqual([]);
      await page.click("#other");
      await page.click("#button b");
      await answered(inside, 1);
      await page.click("#link");
      await answered(inside, 2);
      await page.click("#submit");
      await answered(inside, 3);
      await run(
        `document.body.insertAdjacentHTML("beforeend", "<button id=late data-aura-ask=Four>Ask</button>")`,
      );
      await page.click("#late");
      await answered(inside, 4);
      expect(texts()).toEqual(["One", "Two", "Three", "Four"]);
      expect(page.url()).toBe(address);

      await run("aura.destroy()");
      await page.click("#button");
      await page.click("#link");
      await page.waitForURL("**/elsewhere");
      expect(texts()).toHaveLength(4);
    });

    it("ask the widget that they name", async () => {
      const body = `<button data-aura-ask="For two" data-aura-id="two">Ask</button>`;
      const { run, frame, page, heard } = await open({}, { body });
      await run(`AuraChatWidget.init({ apiBaseUrl: "${server.url}", id: "two" })`);
      await page.click("[data-aura-ask]");
      await expect.poll(() => heard("response:end")).toHaveLength(1);
      expect(await heard("message:sent")).toEqual([{ id: "two" }]);
      expect(await heard("open")).toEqual([{ id: "two" }]);
      expect(await questions(await frame(0))).toEqual([]);
    });
  });

  describe("single-page navigation", () => {
    it("that replaces the body leaves the widget and its conversation", async () => {
      const { run, frame, page, problems } = await open();
      await run(`aura.open(); aura.sendMessage("One")`);
      await answered(await frame());
      await run(`history.pushState({}, "", "/host/elsewhere")`);
      expect(await questions(await frame())).toEqual(["One"]);
      await run(
        `const next = document.createElement("body"); next.innerHTML = "<p>Next</p>"; document.body = next`,
      );
      await page.waitForSelector("aura-chat", { state: "attached" });
      await expect.poll(async () => questions(await frame())).toEqual(["One"]);
      await run(`aura.sendMessage("Two")`);
      await answered(await frame(), 2);
      expect(texts()).toEqual(["One", "Two"]);
      expect(problems).toEqual([]);
    });

    it("may load the widget long after the page", async () => {
      const { run, page, launcher } = await open();
      await run("aura.destroy(); delete window.AuraChatWidget");
      await run(`const script = document.createElement("script");
        script.src = "${server.url}/widget/v1/aura.js"; script.dataset.apiBaseUrl = "${server.url}"; document.head.append(script)`);
      await launcher.click();
      await expect.poll(() => page.locator("aura-chat iframe").count()).toBe(1);
    });
  });
});
