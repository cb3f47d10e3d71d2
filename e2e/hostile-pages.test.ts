import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { findChromium } from "../scripts/system-programs.mjs";
import {
  openPage,
  startBrowser,
  startProfile,
  type Watched,
  watchPage,
} from "./support/browser.ts";
import {
  ask,
  destroy,
  hashSource,
  openByLauncher,
  reportViolations,
  useWidget,
  widgetFrame,
} from "./support/hostile-page.ts";
import { hostileStyles, KEY_HANDLERS, PATCHED_GLOBALS } from "./support/hostile-scripts.ts";
import { type ScriptedServer, startScriptedServer } from "./support/scripted-server.ts";

describe.skipIf(!findChromium())("the widget on a hostile page", () => {
  let server: ScriptedServer;
  let browser: Browser;
  beforeAll(async () => {
    [server, browser] = await Promise.all([
      startScriptedServer(),
      startBrowser("--host-resolver-rules=MAP *.test 127.0.0.1"),
    ]);
  });
  afterAll(async () => {
    await browser.close();
    await server[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    server.messages.length = 0;
    server.reply((turn) => {
      turn.start();
      turn.delta("It does.");
      turn.end();
    });
  });

  /** The page's own origin, of another site than the widget's. */
  const site = () => server.url.replace("127.0.0.1", "localhost");
  const snippet = (api = server.url, options = "") =>
    `window.AuraChatWidget=window.AuraChatWidget||{q:[],init(o){this.q.push(o)}};AuraChatWidget.init({apiBaseUrl:"${api}"${options}})`;
  const loader = (api = server.url, attributes = "") =>
    `<script async src="${api}/widget/v1/aura.js"${attributes}></script>`;
  const embed = (options = "") => `<script>${snippet(server.url, options)}</script>${loader()}`;

  let pages = 0;
  function serve(html: string, headers: Readonly<Record<string, string>> = {}): string {
    pages += 1;
    const path = `/hostile/${pages}`;
    const head =
      '<!doctype html><html lang="en"><title>Host</title><link rel="icon" href="data:,">';
    server.page(path, `${head}<body><p>A page.</p>${html}`, headers);
    return path;
  }
  async function visit(address: string, options: BrowserContextOptions = {}): Promise<Watched> {
    const watched = await openPage(browser, "about:blank", options);
    onTestFinished(() => watched.context.close());
    await reportViolations(watched.page);
    await watched.page.goto(address);
    return watched;
  }
  const host = (html: string, headers: Readonly<Record<string, string>> = {}) =>
    visit(site() + serve(html, headers));

  describe("with a policy", () => {
    const strict = (source: string) =>
      `default-src 'none'; img-src data:; script-src ${source} ${server.url}; frame-src ${server.url}`;

    it("works under default-src 'none' with a nonce", async () => {
      const html = `<script nonce="n1">${snippet()}</script>${loader(server.url, ' nonce="n1"')}`;
      const { page, problems } = await host(html, {
        "Content-Security-Policy": strict("'nonce-n1'"),
      });
      await useWidget(page);
      expect(problems).toEqual([]);
    });

    it("works under default-src 'none' with a hash", async () => {
      const { page, problems } = await host(embed(), {
        "Content-Security-Policy": strict(hashSource(snippet())),
      });
      await useWidget(page);
      expect(problems).toEqual([]);
    });

    it("works where Trusted Types are enforced and none may be made", async () => {
      const policy = `${strict(hashSource(snippet()))}; require-trusted-types-for 'script'; trusted-types 'none'`;
      const { page, problems } = await host(embed(), { "Content-Security-Policy": policy });
      await useWidget(page);
      expect(problems).toEqual([]);
    });

    it("works in a page that is sandboxed with nothing but scripts allowed", async () => {
      const { page, problems } = await host(embed(), {
        "Content-Security-Policy": "sandbox allow-scripts",
      });
      expect(await page.evaluate("origin")).toBe("null");
      await useWidget(page);
      expect(problems).toEqual([]);
    });

    it("works in a page that is isolated from other origins", async () => {
      const { page, problems } = await host(embed(), {
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
      });
      expect(await page.evaluate("crossOriginIsolated")).toBe(true);
      await useWidget(page);
      expect(problems).toEqual([]);
    });

    it.each(["", ' sandbox="allow-scripts"'])(
      "works in a frame of another origin's page%s",
      async (sandbox) => {
        const inner = site() + serve(embed());
        const outer = serve(
          `<iframe${sandbox} src="${inner}" width="800" height="700" style="border:0"></iframe>`,
        );
        const { page, problems } = await visit(server.url + outer);
        const frame = page.frames().find((frame) => frame.url() === inner);
        if (!frame) throw new Error("The inner page is missing.");
        await useWidget(page, frame);
        expect(problems).toEqual([]);
      },
    );
  });

  describe("with little to build on", () => {
    it("works on plain http under a name that is not the machine's own", async () => {
      const { port } = new URL(server.url);
      const api = `http://chat.test:${port}`;
      const path = serve(`<script>${snippet(api)}</script>${loader(api)}`);
      const { page, problems } = await visit(`http://shop.test:${port}${path}`);
      expect(
        await page.evaluate("[isSecureContext, typeof crypto.subtle, typeof crypto.randomUUID]"),
      ).toEqual([false, "undefined", "undefined"]);
      await useWidget(page);
      expect(problems).toEqual([]);
    });

    it.each([
      {
        what: "cookies and storage are blocked everywhere",
        profile: { default_content_setting_values: { cookies: 2 } },
        storage: "throws",
      },
      {
        what: "third parties get no cookies",
        profile: { block_third_party_cookies: true, cookie_controls_mode: 1 },
        storage: "throws",
      },
    ])("works where $what", async ({ profile, storage }) => {
      const directory = await mkdtemp(join(tmpdir(), "aura-profile-"));
      onTestFinished(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
      const context = await startProfile(directory, { profile });
      onTestFinished(() => context.close());
      const { page, problems } = await watchPage(context);
      await reportViolations(page);
      await page.goto(site() + serve(embed()));
      const frame = await openByLauncher(page, page.mainFrame());
      expect(
        await frame.evaluate(() => {
          try {
            return localStorage ? "is there" : "is missing";
          } catch {
            return "throws";
          }
        }),
      ).toBe(storage);
      await ask(frame, "First");
      await ask(frame, "Second");
      expect(server.asked.at(-1)?.body.conversation_id).toBe("4311770212345678");
      expect(await context.cookies()).toEqual([]);
      await destroy(page, page.mainFrame());
      expect(problems).toEqual([]);
    });
  });

  describe("with its own ideas", () => {
    it("stands in its corner whatever the page's styles say, and moves nothing there", async () => {
      const html = `<style>${hostileStyles()}</style>${embed()}`;
      const { page, problems } = await host(html);
      await useWidget(page);
      expect(problems).toEqual([]);

      const plain = await host(`<style>body{display:grid;gap:80px}</style>${embed()}`);
      const tops = () =>
        plain.page.evaluate(() => document.querySelector("p")?.getBoundingClientRect().top);
      const before = await tops();
      await openByLauncher(plain.page, plain.page.mainFrame());
      expect(await tops()).toBe(before);
      const shifts = await plain.page.evaluate(
        () =>
          new Promise((resolve) => {
            const observer = new PerformanceObserver((list) => resolve(list.getEntries().length));
            observer.observe({ type: "layout-shift", buffered: true });
            requestAnimationFrame(() => requestAnimationFrame(() => resolve(0)));
          }),
      );
      expect(shifts).toBe(0);
    });

    it("works where others have patched what the language brings", async () => {
      const options =
        ',starters:Object.freeze(["Does it?","Why?"]),header:Object.freeze({title:"Shop"})';
      const { page, problems } = await host(`<script>${PATCHED_GLOBALS}</script>${embed(options)}`);
      const frame = await openByLauncher(page, page.mainFrame());
      await frame.waitForSelector("text=Why?");
      await ask(frame, "Does it work?");
      await destroy(page, page.mainFrame());
      expect(problems).toEqual([]);
    });

    it("keeps its keys and clicks where a page prevents every default", async () => {
      const { page, problems } = await host(`<script>${KEY_HANDLERS}</script>${embed()}`);
      const frame = await openByLauncher(page, page.mainFrame());
      await ask(frame, "Does it work?");
      await frame.press("textarea", "Escape");
      await expect.poll(() => page.evaluate("document.activeElement.localName")).toBe("aura-chat");
      await page.keyboard.press("x");
      expect(await page.evaluate("window.keys")).toBe(0);
      await destroy(page, page.mainFrame());
      expect(problems).toEqual([]);
    });
  });

  describe("that changes under it", () => {
    const body = `document.body=Object.assign(document.createElement("body"),{textContent:"Next page"})`;

    it("comes back when navigation replaces the body, and when the document is written anew", async () => {
      const { page, problems } = await host(embed());
      await widgetFrame(page, page.mainFrame());
      await page.evaluate(body);
      expect(await page.locator("body > aura-chat").count()).toBe(1);
      await page.evaluate("history.pushState({}, '', '/next')");
      await useWidget(page);

      await page.evaluate(`AuraChatWidget.init({apiBaseUrl:"${server.url}"})`);
      await page.evaluate("document.open();document.write('<body>Written');document.close()");
      await expect.poll(() => page.locator("body > aura-chat").count()).toBe(1);
      await useWidget(page);
      expect(problems).toEqual([]);
    });

    it("gives in to a page that throws it out again and again", async () => {
      const { page } = await host(embed());
      await widgetFrame(page, page.mainFrame());
      await page.evaluate(() => {
        const remove = () => document.querySelector("aura-chat")?.remove();
        new MutationObserver(remove).observe(document.body, { childList: true });
        remove();
      });
      expect(await page.locator("aura-chat").count()).toBe(0);
      expect(await page.evaluate("1 + 1")).toBe(2);
    });

    it("stays one widget when it is pasted twice and loaded late", async () => {
      const { page, problems } = await host(
        `<script>${snippet()}</script><script>${snippet()}</script>`,
      );
      await page.waitForLoadState();
      for (let times = 0; times < 2; times += 1)
        await page.addScriptTag({ url: `${server.url}/widget/v1/aura.js` });
      expect(await page.locator("aura-chat").count()).toBe(1);
      await useWidget(page);
      expect(problems).toEqual([]);
    });

    it("leaves nothing behind, however often it is started and destroyed", async () => {
      const { page, problems } = await host("");
      await page.evaluate(() => {
        const pending = new Set<number>();
        Object.assign(globalThis, { pending });
        for (const name of ["setTimeout", "setInterval", "requestIdleCallback"] as const) {
          const native = window[name].bind(window) as (act: () => void) => number;
          Object.assign(window, {
            [name]: (act: () => void) => {
              const id = native(() => {
                if (name !== "setInterval") pending.delete(id);
                act();
              });
              pending.add(id);
              return id;
            },
          });
        }
      });
      const globals = () => page.evaluate(() => Object.getOwnPropertyNames(window).sort());
      const before = await globals();
      const session = await page.context().newCDPSession(page);
      await session.send("Performance.enable");
      const count = async () => {
        await session.send("HeapProfiler.collectGarbage");
        const { metrics } = await session.send("Performance.getMetrics");
        const value = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? 0;
        return {
          nodes: value("Nodes"),
          listeners: value("JSEventListeners"),
          documents: value("Documents"),
        };
      };
      const cycle = async () => {
        await page.evaluate(`AuraChatWidget.init({apiBaseUrl:"${server.url}"}).open()`);
        await widgetFrame(page, page.mainFrame());
        await destroy(page, page.mainFrame());
      };

      await page.addScriptTag({ url: `${server.url}/widget/v1/aura.js` });
      await cycle();
      const first = await count();
      for (let times = 0; times < 20; times += 1) await cycle();
      await expect.poll(() => page.evaluate("pending.size")).toBe(0);
      await expect.poll(count).toEqual(first);
      expect((await globals()).filter((name) => !before.includes(name))).toEqual([
        "AuraChatWidget",
      ]);
      expect(await page.evaluate("document.documentElement.outerHTML")).not.toContain("aura-chat");
      expect(problems).toEqual([]);
    });
  });

  it("never shows one person's chat to another when A, B and A again are signed in", async () => {
    const { page, problems } = await host(embed(`,authToken:"${tokenOf("ada")}"`));
    const frame = await openByLauncher(page, page.mainFrame());
    await frame.evaluate(() => {
      const seen = new Set<string>();
      Object.assign(globalThis, { seen });
      new MutationObserver(() => {
        for (const { textContent } of document.querySelectorAll(".question"))
          seen.add(textContent ?? "");
      }).observe(document.body, { childList: true, subtree: true, characterData: true });
    });
    /** Everything that was on the screen since the last time. */
    const seen = () =>
      frame.evaluate("(()=>{const all=[...seen].join();seen.clear();return all})()");
    const become = async (name: string) => {
      server.messages.length = 0;
      await seen();
      await page.evaluate(`AuraChatWidget.init({}).identify({authToken:"${tokenOf(name)}"})`);
      await expect.poll(() => frame.locator(".turn").count()).toBe(0);
    };

    await ask(frame, "The secret of Ada");
    await frame.click("[aria-label='Conversations and data']");
    await frame.waitForSelector("dialog[open]");
    await become("bob");
    await expect.poll(() => frame.locator("dialog").count()).toBe(0);
    await ask(frame, "The secret of Bob");
    expect(await seen()).not.toContain("Ada");
    expect(server.asked.at(-1)?.headers.get("Authorization")).toBe(`Bearer ${tokenOf("bob")}`);
    await become("ada");
    await ask(frame, "It is me");
    expect(await seen()).not.toContain("Bob");
    expect(await frame.locator(".question").allTextContents()).toEqual([
      expect.stringContaining("It is me"),
    ]);

    const slow = "()=>window.known??=new Promise((tell)=>{window.tell=tell})";
    await page.evaluate(`AuraChatWidget.init({}).identify({authToken:${slow}})`);
    await expect.poll(() => frame.locator(".turn, .composer").count()).toBe(0);
    await page.evaluate(`tell("${tokenOf("ada")}")`);
    await frame.waitForSelector(".question >> text=It is me");
    await frame.waitForSelector(".composer");
    // What Chromium says of a conversation that is not the asker's.
    expect(problems.filter((problem) => !problem.includes("404"))).toEqual([]);
  });
});

/** A token as its reader in the browser sees it; nobody here checks a signature. */
function tokenOf(sub: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part({ sub, exp: 4102444800 })}.x`;
}
