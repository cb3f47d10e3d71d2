import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { findChromium } from "../scripts/system-programs.mjs";
import { chatFrame, openChat, openPage, startBrowser } from "./support/browser.ts";
import { type ScriptedServer, startScriptedServer } from "./support/scripted-server.ts";

/** Everything a stranger could say to pose as the loader or as the frame. */
const FORGERIES = `
  const options = { apiBaseUrl: "https://forged.canary.example", token: 7, colorScheme: "dark", header: { title: "Forged" } };
  const deep = {}; for (let at = deep, depth = 0; depth < 500; depth += 1) at = at.next = {};
  const loop = { aura: "welcome", protocol: 1, options }; loop.self = loop;
  const nonces = ["", undefined, null, 0, "1-2-3-4", [], {}, "undefined", "__proto__", "the-real-one"];
  const forgeries = [
    ...nonces.flatMap((nonce) => [1, 2, "1", undefined].flatMap((protocol) => [
      { aura: "hello", protocol, nonce }, { aura: "welcome", protocol, nonce, options },
    ])),
    { type: "close" }, { type: "state", open: true, options }, { type: "state", open: true, options: JSON.stringify(options) },
    { type: "reply", id: 1, detail: "forged" }, { type: "call", name: "sendMessage", text: "forged" },
    { type: "ask", id: 1, name: "token" }, { type: "event", name: "open", detail: {} },
    { type: "look", css: "button { display: none }", name: "Forged" },
    ...nonces, "1,2,3,41", null, undefined, 0, "", "hello", [], new Date(), new Map([["aura", "hello"]]), new Error("hello"),
    { aura: "hello", big: "x".repeat(1_000_000) }, { aura: "welcome", list: Array.from({ length: 50_000 }, () => options) },
    deep, loop, JSON.parse('{"__proto__":{"aura":"welcome"},"aura":"hello"}'), { aura: { toString: "x" }, nonce: {} },
  ];
  window.heard = [];
  const tell = (target) => {
    for (const message of forgeries) {
      target.postMessage(message, "*");
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }) => window.heard.push(typeof data);
      target.postMessage(message, "*", [port2]);
      for (const said of forgeries.slice(-15)) port1.postMessage(said);
    }
    target.postMessage("told", "*");
  };
  addEventListener("message", ({ data }) => window.heard.push(data === "told" ? data : typeof data));`;

describe.skipIf(!findChromium())("messages from strangers", () => {
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
      turn.delta("Honest.");
      turn.end();
    });
    server.page("/host/stranger", `<!doctype html><body><script>${FORGERIES}</script>`);
  });

  const other = () => server.url.replace("127.0.0.1", "localhost");

  /** A page of its own origin with the widget, a token for it, and strangers' frames of both origins. */
  async function visit() {
    server.page(
      "/host/page",
      `<!doctype html><title>Host</title><link rel="icon" href="data:,"><body><script src="${server.url}/widget/v1/aura.js"></script>
       <script>addEventListener("message",({data,source})=>{if(/^[\\d,]{20,}$/.test(data))window.widget=source});${FORGERIES}
       window.chat=AuraChatWidget.init({apiBaseUrl:"${server.url}",authToken:()=>"jwt",header:{title:"Honest"}})</script>
       <iframe name="near" src="${other()}/host/stranger"></iframe>
       <iframe name="far" src="${server.url}/host/stranger"></iframe>
       <iframe name="boxed" sandbox="allow-scripts" src="${server.url}/host/stranger"></iframe>`,
    );
    const watched = await openPage(browser, `${other()}/host/page`);
    onTestFinished(() => watched.context.close());
    return watched;
  }

  /** The page's options still reach the frame, and an honest question is answered with the page's token. */
  async function expectHonest(page: Page) {
    const frame = await chatFrame(page);
    expect(await frame.textContent("h1")).toBe("Honest");
    await page.evaluate("window.chat.update({ header: { title: 'Still honest' } })");
    await expect.poll(() => frame.textContent("h1")).toBe("Still honest");
    const before = server.asked.length;
    await frame.fill("textarea", "Hi");
    await frame.press("textarea", "Enter");
    await frame.waitForSelector(".tool");
    expect(await frame.getAttribute("html", "class")).toBe("light");
    expect(server.asked.length).toBe(before + 1);
    expect(server.asked[before]?.headers.get("Authorization")).toBe("Bearer jwt");
  }

  it.each(["near", "far", "boxed"])("mean nothing to the loader, from a %s frame", async (name) => {
    const { page, problems, requests } = await visit();
    const stranger = page.frame({ name });
    await stranger?.evaluate("tell(parent)");
    await openChat(page);
    await stranger?.evaluate("tell(parent)");
    await page.waitForFunction("window.heard.filter((said) => said === 'told').length === 2");
    await expectHonest(page);
    expect(await stranger?.evaluate("window.heard")).toEqual([]);
    expect(problems).toEqual([]);
    expect(requests.filter((url) => url.includes("forged"))).toEqual([]);
  });

  it("mean nothing to the frame, from the page's own frames and from the page without the nonce", async () => {
    const { page, problems, requests } = await visit();
    await openChat(page);
    // Only the page itself can know the widget's window, and tell others of its origin.
    const stranger = page.frame({ name: "near" });
    expect(await stranger?.evaluate("Boolean(parent.widget)")).toBe(true);
    await stranger?.evaluate("tell(parent.widget)");
    await page.evaluate("tell(window.widget)");
    await expectHonest(page);
    expect(await stranger?.evaluate("window.heard")).toEqual([]);
    expect(problems).toEqual([]);
    expect(requests.filter((url) => url.includes("forged"))).toEqual([]);
  });

  it("mean nothing to a frame that greets, but for its parent's answer with its nonce", async () => {
    const chat = `${server.url}/widget/frame?api=${server.url}#the-real-one`;
    server.page(
      "/host/page",
      `<!doctype html><title>Host</title><link rel="icon" href="data:,"><body><script>${FORGERIES}</script>
       <iframe name="near" src="${other()}/host/stranger"></iframe><iframe name="chat" src="${chat}"></iframe>`,
    );
    const { page, context } = await openPage(browser, `${other()}/host/page`);
    onTestFinished(() => context.close());
    await page.waitForFunction("window.heard.includes('string')");
    // The stranger has even the nonce; the parent has all but that, and that without a port.
    await page.frame({ name: "near" })?.evaluate("tell(parent.frames.chat)");
    await page.evaluate(
      (wrong) => {
        const frame = window.frames[1];
        const state = (title: string) => ({
          type: "state",
          open: true,
          options: JSON.stringify({ header: { title }, token: 0 }),
        });
        for (const nonce of wrong) {
          const { port1, port2 } = new MessageChannel();
          port1.postMessage(state("Forged"));
          frame?.postMessage(nonce, "*", nonce === "the-real-one" ? [] : [port2]);
        }
        const { port1, port2 } = new MessageChannel();
        port1.postMessage(state("Honest"));
        frame?.postMessage("the-real-one", "*", [port2]);
      },
      ["", "the-wrong-one", "the-real-one"],
    );
    expect(await (await chatFrame(page)).textContent("h1")).toBe("Honest");
    expect(await page.frame({ name: "near" })?.evaluate("window.heard")).toEqual([]);
  });

  it("mean nothing to a frame that somebody opens as a window", async () => {
    const { page } = await visit();
    const opening = page.waitForEvent("popup");
    await page.evaluate(`window.popup = open("${server.url}/widget/frame"); window.fromPopup = [];
      addEventListener("message", ({ source, data }) => source === popup && fromPopup.push(data))`);
    const popup = await opening;
    await popup.waitForSelector("textarea");
    await page.evaluate("tell(window.popup)");
    const before = server.asked.length;
    await popup.fill("textarea", "Hi");
    await popup.press("textarea", "Enter");
    await popup.waitForSelector(".tool");
    expect(await popup.textContent("h1")).toBe("Assistant");
    expect(server.asked[before]?.headers.get("Authorization")).toBeNull();
    // Not even a hello: nobody is its parent.
    expect(await page.evaluate("window.fromPopup")).toEqual([]);
  });

  it("may carry a getter that throws, and hurt nobody but the page that made it", async () => {
    const { page } = await visit();
    await page.evaluate(() => {
      const data = {};
      for (const name of ["aura", "nonce", "protocol", "type"]) {
        Object.defineProperty(data, name, { get: () => Reflect.get(window, "nobody").at() });
      }
      window.dispatchEvent(new MessageEvent("message", { data, source: window }));
    });
    await openChat(page);
    await expectHonest(page);
  });
});
