import type { Browser } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { InitOptions } from "../apps/widget/src/surface.ts";
import { findChromium } from "../scripts/system-programs.mjs";
import { startBrowser } from "./support/browser.ts";
import { type HostOptions, openHostPage } from "./support/host-page.ts";
import { passage, type ScriptedServer, startScriptedServer } from "./support/scripted-server.ts";

const SOURCE = {
  ...passage(1, "Policies", "One frame-src is enough."),
  url: "https://docs.example/p",
};
const ID = { id: "default" };
const CONVERSATION = 4311770212345678;

describe.skipIf(!findChromium())("what a page is told by the widget:", () => {
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
      turn.start([SOURCE]);
      turn.end("Yes. [1]");
    });
  });

  const open = (options: Partial<InitOptions> = {}, how: HostOptions = {}) =>
    openHostPage(browser, server, options, how);

  it("each event of a turn, in order, with its detail and without anybody's words", async () => {
    const { run, frame, page } = await open();
    await run(`aura.open(); aura.sendMessage("A secret")`);
    const inside = await frame();
    await inside.waitForSelector(".tool");
    const turn = server.asked.length;
    await inside.click(".prose .cite");
    await inside.click("[aria-label=Helpful]");
    await inside.fill("form textarea", "Private praise");
    await inside.click("text=Send feedback");
    const heard = () => page.evaluate<unknown[]>("heard");
    await expect.poll(heard).toHaveLength(10);
    await run("aura.close()");
    expect(await heard()).toEqual([
      ["open", ID],
      ["ready", ID],
      ["message:sent", ID],
      ["conversation:change", { ...ID, conversationId: CONVERSATION }],
      ["response:start", { ...ID, turnId: turn, conversationId: CONVERSATION }],
      ["message:received", { ...ID, conversationId: CONVERSATION, messageId: turn * 2 + 1 }],
      ["response:end", { ...ID, turnId: turn, outcome: "done" }],
      [
        "citation:click",
        { ...ID, number: 1, contextId: "c1", title: "Policies", url: "https://docs.example/p" },
      ],
      ["feedback", { ...ID, messageId: turn * 2 + 1, rating: "up" }],
      ["feedback", { ...ID, messageId: turn * 2 + 1, rating: "up" }],
      ["close", ID],
    ]);
    expect(JSON.stringify(await heard())).not.toMatch(/secret|Private|Yes/);
  });

  it("the words as well where it asks for them", async () => {
    const { run, frame, heard } = await open({ events: { content: true } });
    await run(`aura.open(); aura.sendMessage("A question")`);
    const inside = await frame();
    await inside.click("[aria-label='Not helpful']");
    await inside.fill("form textarea", "Too short");
    await inside.click("text=Send feedback");
    await expect.poll(() => heard("feedback")).toHaveLength(2);
    expect(await heard("message:sent")).toEqual([{ ...ID, text: "A question" }]);
    expect(await heard("message:received")).toMatchObject([{ text: "Yes. [1]" }]);
    expect(await heard("feedback")).toMatchObject([
      { rating: "down" },
      { rating: "down", comment: "Too short" },
    ]);
  });

  it("once, always or no more, as its listeners want it, whatever one of them throws", async () => {
    const { run, page, problems } = await open();
    await run(`
      window.told = [];
      const tell = (word) => ({ type, detail }) => told.push([word, type, detail.id]);
      window.gone = tell("gone");
      aura.on("open", () => { throw new Error("the page's own mistake"); });
      window.stop = aura.on("open", tell("on"));
      aura.once("open", tell("once"));
      aura.once("open", tell("taken back"))();
      aura.on("open", gone);
      aura.off("open", gone);
      document.addEventListener("aura:open", tell("document"), { once: true });
      aura.open(); aura.close(); aura.open(); stop(); aura.close(); aura.open();`);
    expect(await page.evaluate("told")).toEqual([
      ["on", "aura:open", "default"],
      ["once", "aura:open", "default"],
      ["document", "aura:open", "default"],
      ["on", "aura:open", "default"],
    ]);
    expect(problems).toEqual(Array(3).fill("error: the page's own mistake"));
    expect(await page.evaluate("typeof aura.on('open', () => {})")).toBe("function");
  });

  it("that an answer failed, and why", async () => {
    server.reply(() => ({ refuse: "model_unavailable" }));
    const { run, heard } = await open();
    await run(`aura.sendMessage("Anybody?")`);
    await expect.poll(() => heard("response:end")).toEqual([{ ...ID, outcome: "failed" }]);
    expect(await heard("error")).toEqual([
      { ...ID, code: "model_unavailable", message: expect.stringMatching(/cannot answer/) },
    ]);
    expect(await heard("message:received")).toEqual([]);
  });

  it("that the visitor stops an answer", async () => {
    let end: () => void = () => undefined;
    server.reply((turn) => {
      turn.start();
      turn.delta("A long story");
      end = () => turn.stop();
    });
    const { run, frame, heard } = await open();
    await run(`aura.open(); aura.sendMessage("Tell me")`);
    const inside = await frame();
    await inside.waitForSelector(".streaming");
    // The button has just turned from Send into Stop, and a second click on it would be a double click.
    await expect
      .poll(async () => {
        await inside.click(".send");
        return heard("response:stop");
      })
      .toHaveLength(1);
    const turnId = server.asked.length;
    expect(await heard("response:stop")).toEqual([{ ...ID, turnId }]);
    end();
    await expect.poll(() => heard("response:end")).toEqual([{ ...ID, turnId, outcome: "stopped" }]);
  });

  it("how many answers nobody has seen, as a badge and in the launcher's name too, until it opens", async () => {
    const { run, launcher, heard, page } = await open({ header: { title: "Shop" } });
    const badge = () => launcher.evaluate((button) => getComputedStyle(button, "::after").content);
    await run(`aura.sendMessage("One"); aura.sendMessage("Two")`);
    await expect
      .poll(() => heard("unread"))
      .toEqual([
        { ...ID, count: 1 },
        { ...ID, count: 2 },
      ]);
    await expect.poll(() => launcher.getAttribute("aria-label")).toBe("Shop, 2 new answers");
    expect(await badge()).toBe('"2"');
    await page.mouse.click(1230, 750);
    await expect.poll(() => launcher.getAttribute("aria-label")).toBe("Shop");
    expect(await badge()).toBe("none");
    expect((await heard("unread")).at(-1)).toEqual({ ...ID, count: 0 });
  });

  describe("what the model is told of the page", () => {
    const contexts = async (
      options: Partial<InitOptions>,
      between = "",
    ): Promise<{ told: unknown[]; problems: readonly string[] }> => {
      const before = server.asked.length;
      const { run, frame, problems } = await open(options);
      await run(`history.replaceState({}, "", "/cart?token=1#pay"); aura.sendMessage("One")`);
      const inside = await frame();
      await inside.waitForSelector(".turn:nth-of-type(1) .tool", { state: "attached" });
      await run(`${between}; aura.sendMessage("Two")`);
      await inside.waitForSelector(".turn:nth-of-type(2) .tool", { state: "attached" });
      return { told: server.asked.slice(before).map(({ body }) => body.context), problems };
    };

    it("is nothing by itself", async () => {
      expect((await contexts({})).told).toEqual([undefined, undefined]);
    });

    it("is the page of that moment where it wants that", async () => {
      const { told } = await contexts(
        { context: { page: true } },
        `history.pushState({}, "", "/paid?id=7"); document.title = "Paid"`,
      );
      const path = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/cart$/);
      const next = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/paid$/);
      expect(told).toEqual([
        { url: path, title: "Host" },
        { url: next, title: "Paid" },
      ]);
    });

    it("is its data, and another page's after setContext", async () => {
      const { told } = await contexts(
        { context: { data: { plan: "pro" } } },
        `aura.setContext({ data: { plan: "free" } })`,
      );
      expect(told).toEqual([{ data: { plan: "pro" } }, { data: { plan: "free" } }]);
    });

    it("is without the data when they are too much, and the message is sent all the same", async () => {
      const { told, problems } = await contexts({
        context: { page: true, data: { note: "é".repeat(1024) } },
      });
      expect(told).toMatchObject([{ title: "Host" }, { title: "Host" }]);
      expect(told[0]).not.toHaveProperty("data");
      expect(problems).toEqual(Array(2).fill("console: [aura] context.data over 2 KB"));
    });
  });
});
