import { rm } from "node:fs/promises";
import type { Browser, BrowserContext, Frame, Page, Route } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { ScriptedReply } from "../apps/server/src/models/testing/scripted-reply.ts";
import { startScriptedModel } from "../apps/server/src/models/testing/scripted-server.ts";
import { findChromium } from "../scripts/system-programs.mjs";
import { openChat, openPage, startBrowser } from "./support/browser.ts";
import { startCuttableProxy } from "./support/cuttable-proxy.ts";
import {
  makeDataDir,
  type PackagedServer,
  startPackagedServer,
} from "./support/packaged-server.ts";

const WORDS = Array.from({ length: 60 }, (_, index) => `word${index + 1} `);
const ANSWER = WORDS.join("").trim();
/** Two and a half seconds: time enough for every accident. */
const SLOW: ScriptedReply = { tokens: WORDS, tokenMs: 40 };
const QUESTION = "What happened?";

describe.skipIf(!findChromium())("interruptions", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser.close());

  /** The packaged server with a scripted model behind it, and how to start it again after a crash. */
  async function serve(...replies: ScriptedReply[]) {
    const model = await startScriptedModel({
      reply: (_request, n) => replies[n - 1] ?? replies.at(-1) ?? SLOW,
    });
    const dataDir = await makeDataDir();
    const start = (port = 0) =>
      startPackagedServer({
        args: ["--demo"],
        dataDir,
        port,
        env: { ORCHA_MODELS: "openai-compatible/test", ORCHA_MODEL_BASE_URL: model.url },
      });
    const first = await start();
    let server: PackagedServer = first;
    onTestFinished(async () => {
      await server[Symbol.asyncDispose]();
      await model[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true, force: true });
    });
    return {
      url: first.url,
      model,
      crash: () => server.kill(),
      startAgain: async () => {
        server = await start(Number(new URL(first.url).port));
      },
    };
  }

  async function visit(url: string, prepare?: (context: BrowserContext) => Promise<unknown>) {
    const watched = await openPage(browser, "about:blank");
    onTestFinished(() => watched.context.close());
    await prepare?.(watched.context);
    await watched.page.goto(`${url}/demo`);
    return { ...watched, frame: await openChat(watched.page) };
  }

  async function proxied(url: string) {
    const proxy = await startCuttableProxy(url);
    onTestFinished(() => proxy[Symbol.asyncDispose]());
    return proxy;
  }

  describe("of the network", () => {
    it("in the middle of an answer are said, and the text goes on where it was", async () => {
      const { url, model } = await serve(SLOW);
      const proxy = await proxied(url);
      const { page, frame } = await visit(proxy.url);
      await ask(frame);
      await untilWord(frame, 10);
      const texts = await recordTexts(frame);
      proxy.cut();
      await frame.waitForSelector("text=Reconnecting…");
      expect(await frame.locator(".failure").count()).toBe(0);
      proxy.mend();
      await untilDone(frame);

      expectToGrow(await texts());
      expect(await transcript(frame)).toEqual([[QUESTION, ANSWER]]);
      await expectTheSameAfterReload(page);
      expect(model.requests).toHaveLength(1);
    });

    it("are survived again and again by one answer", async () => {
      const { url, model } = await serve(SLOW);
      const proxy = await proxied(url);
      const { frame } = await visit(proxy.url);
      await ask(frame);
      const texts = await recordTexts(frame);
      for (const word of [5, 15, 25, 35, 45]) {
        await untilWord(frame, word);
        proxy.cut();
        proxy.mend();
      }
      await untilDone(frame);
      expectToGrow(await texts());
      expect(await transcript(frame)).toEqual([[QUESTION, ANSWER]]);
      expect(model.requests).toHaveLength(1);
    });

    it("by the browser going offline end with the whole answer when it is online again", async () => {
      const { url, model } = await serve(SLOW);
      const proxy = await proxied(url);
      const { context, frame } = await visit(proxy.url);
      await ask(frame);
      await untilWord(frame, 10);
      // The browser's own switch ends no stream that is open.
      await context.setOffline(true);
      proxy.cut();
      await frame.waitForSelector("text=Reconnecting…");
      await frame.waitForSelector(".offline");
      proxy.mend();
      await context.setOffline(false);
      await untilDone(frame);
      expect(await transcript(frame)).toEqual([[QUESTION, ANSWER]]);
      expect(model.requests).toHaveLength(1);
    });

    it("that last leave the text as cut, with a reason and a Retry that works", async () => {
      const { url, model } = await serve(SLOW);
      const proxy = await proxied(url);
      const { page, frame } = await visit(proxy.url, withoutWaiting);
      await ask(frame);
      await untilWord(frame, 10);
      proxy.cut();
      await frame.waitForSelector(".failure >> text=The connection was lost.");
      expect(await frame.textContent(".ending")).toBe("This answer was cut short.");
      expect(await frame.textContent(".prose")).toContain("word10");
      proxy.mend();
      await frame.click("text=Retry");
      await untilDone(frame);
      expect(await transcript(frame)).toEqual([[QUESTION, ANSWER]]);
      await expectTheSameAfterReload(page);
      expect(model.requests).toHaveLength(1);
    });

    it("that last keep what is written meanwhile, and deliver it once and in order when the browser is online", async () => {
      const { url, model } = await serve(SLOW);
      const { context, frame } = await visit(url, withoutWaiting);
      await ask(frame);
      await untilWord(frame, 5);
      await untilDone(frame);
      await context.setOffline(true);
      await ask(frame, "And then?");
      await ask(frame, "And after that?");
      expect(await frame.locator(".turn.waiting .question").allTextContents()).toEqual([
        expect.stringContaining("And then?"),
        expect.stringContaining("And after that?"),
      ]);
      await context.setOffline(false);
      await untilDone(frame, 3);
      expect(await transcript(frame)).toEqual([
        [QUESTION, ANSWER],
        ["And then?", ANSWER],
        ["And after that?", ANSWER],
      ]);
      expect(model.requests).toHaveLength(3);
    });
  });

  describe("of the server", () => {
    it("by SIGKILL in the middle of an answer end with one whole answer after its restart", async () => {
      const { url, model, crash, startAgain } = await serve(SLOW);
      const { page, frame } = await visit(url);
      await ask(frame);
      await untilWord(frame, 10);
      await crash();
      await frame.waitForSelector("text=Reconnecting…");
      await startAgain();
      await untilDone(frame);
      expect(await transcript(frame)).toEqual([[QUESTION, ANSWER]]);
      await expectTheSameAfterReload(page);
      // The interrupted answer could not be continued: the same turn was answered once more.
      expect(model.requests).toHaveLength(2);
    });

    it("before a message arrives send it once when the server is there", async () => {
      const { url, model, crash, startAgain } = await serve(SLOW);
      const { page, frame } = await visit(url);
      await crash();
      await ask(frame);
      await frame.waitForSelector("text=Reconnecting…");
      await startAgain();
      await untilDone(frame);
      expect(await transcript(frame)).toEqual([[QUESTION, ANSWER]]);
      await expectTheSameAfterReload(page);
      expect(model.requests).toHaveLength(1);
    });
  });

  describe("by a reload", () => {
    it("in the middle of an answer are followed live, from the first character", async () => {
      const { url, model } = await serve(SLOW);
      const { page, frame } = await visit(url);
      await ask(frame);
      await untilWord(frame, 10);
      const again = await reload(page);
      await untilWord(again, 20);
      expect(await again.getAttribute(".send", "aria-label")).toBe("Stop");
      expect(await again.textContent(".prose")).toMatch(/^word1 word2 /);
      await untilDone(again);
      expect(await transcript(again)).toEqual([[QUESTION, ANSWER]]);
      expect(model.requests).toHaveLength(1);
    });

    it("before the message reached the server send it then", async () => {
      const { url, model } = await serve(SLOW);
      const { page, frame } = await visit(url);
      // It never goes on: the message stays in the browser.
      const { sent } = await intercept(page, () => undefined);
      await ask(frame);
      await sent;
      const again = await reload(page);
      await untilDone(again);
      expect(await transcript(again)).toEqual([[QUESTION, ANSWER]]);
      await expectTheSameAfterReload(page);
      expect(model.requests).toHaveLength(1);
    });

    it("after the message reached the server, and before anything came back, show it once", async () => {
      const { url, model } = await serve(SLOW);
      const { page, frame } = await visit(url);
      await intercept(page, (route) => void route.fetch().catch(() => undefined));
      await ask(frame);
      await expect.poll(() => model.requests.length).toBe(1);
      const again = await reload(page);
      await untilDone(again);
      expect(await transcript(again)).toEqual([[QUESTION, ANSWER]]);
      await expectTheSameAfterReload(page);
      expect(model.requests).toHaveLength(1);
    });
  });

  describe("by the visitor", () => {
    it("stop the answer, keep its text and say so, also after a reload", async () => {
      const { url, model } = await serve(SLOW);
      const { page, frame } = await visit(url);
      await ask(frame);
      await untilWord(frame, 10);
      await frame.click("[aria-label=Stop]");
      await frame.waitForSelector(".ending >> text=This answer was stopped.");
      await frame.waitForSelector("[aria-label=Send]");
      expect(await frame.evaluate(() => document.activeElement?.localName)).toBe("textarea");
      const [[, text = ""] = []] = await transcript(frame);
      expect(ANSWER).toMatch(new RegExp(`^${text}`));
      expect(text.split(" ").length).toBeLessThan(WORDS.length);
      expect(await model.requests[0]?.closed).toMatchObject({ early: true });
      const spoken = frame.locator(".unseen[role=status] p");
      await expect.poll(() => spoken.last().textContent()).toBe("This answer was stopped.");

      const again = await reload(page);
      await again.waitForSelector(".ending >> text=This answer was stopped.");
      expect(await transcript(again)).toEqual([[QUESTION, text]]);
      await ask(again, "Go on");
      await untilDone(again, 2);
    });

    it("stop the answer before its first word", async () => {
      const { url } = await serve({ ...SLOW, firstTokenMs: 10_000 });
      const { page, frame } = await visit(url);
      await ask(frame);
      await pressStop(frame);
      await frame.waitForSelector(".ending >> text=This answer was stopped.");
      expect(await frame.locator(".prose, .failure, .dots").count()).toBe(0);
      const again = await reload(page);
      await again.waitForSelector(".ending >> text=This answer was stopped.");
      expect(await again.locator(".question").count()).toBe(1);
    });

    it("stop the answer before the server has even begun it", async () => {
      const { url } = await serve(SLOW);
      const { page, frame } = await visit(url);
      let goOn: () => void = () => undefined;
      const pressed = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      const { sent } = await intercept(page, async (route) => {
        await pressed;
        await route.continue();
      });
      await ask(frame);
      await sent;
      await pressStop(frame);
      goOn();
      await frame.waitForSelector(".ending >> text=This answer was stopped.");
    });

    it("by keyboard stop the answer as well", async () => {
      const { url } = await serve(SLOW);
      const { page, frame } = await visit(url);
      await ask(frame);
      await untilWord(frame, 10);
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      await frame.waitForSelector(".ending >> text=This answer was stopped.");
    });

    it("by clicking Send twice are none: the message is sent once and answered to its end", async () => {
      const { url, model } = await serve(SLOW);
      const { frame } = await visit(url);
      await frame.fill("textarea", QUESTION);
      await frame.dblclick(".send");
      await untilDone(frame);
      expect(await transcript(frame)).toEqual([[QUESTION, ANSWER]]);
      expect(model.requests).toHaveLength(1);
    });
  });

  describe("between two tabs", () => {
    it("of one conversation are none: both show the question and the answer as it comes", async () => {
      const { url, model } = await serve({ tokens: ["Hello."] }, SLOW);
      const { page, frame } = await visit(url);
      await ask(frame, "Hi");
      await untilDone(frame);
      const other = await duplicate(page);
      await other.waitForSelector(".prose >> text=Hello.");

      await ask(frame);
      await untilWord(other, 10);
      expect(await other.getAttribute(".send", "aria-label")).toBe("Stop");
      await Promise.all([untilDone(frame, 2), untilDone(other, 2)]);
      const both = [
        ["Hi", "Hello."],
        [QUESTION, ANSWER],
      ];
      expect(await transcript(frame)).toEqual(both);
      expect(await transcript(other)).toEqual(both);

      await ask(other, "And from here?");
      await untilDone(frame, 3);
      expect((await transcript(frame)).at(-1)).toEqual(["And from here?", ANSWER]);
      expect(model.requests).toHaveLength(3);
    });

    it("stop the same answer", async () => {
      const { url } = await serve({ tokens: ["Hello."] }, SLOW);
      const { page, frame } = await visit(url);
      await ask(frame, "Hi");
      await untilDone(frame);
      const other = await duplicate(page);
      await ask(frame);
      await untilWord(other, 10);
      await pressStop(other);
      await Promise.all(
        [frame, other].map((each) => each.waitForSelector(".ending >> text=stopped")),
      );
      expect(await transcript(frame)).toEqual(await transcript(other));
    });

    it("leave the one alone when the other begins a new conversation", async () => {
      const { url } = await serve({ tokens: ["Hello."] });
      const { page, frame } = await visit(url);
      await ask(frame, "Hi");
      await untilDone(frame);
      const other = await duplicate(page);
      await other.waitForSelector(".prose");
      await other.click("[aria-label='New conversation']");
      await ask(other, "Something else");
      await untilDone(other);
      await ask(frame, "Hi again");
      await untilDone(frame, 2);
      expect((await transcript(frame)).map(([question]) => question)).toEqual(["Hi", "Hi again"]);
      expect((await transcript(other)).map(([question]) => question)).toEqual(["Something else"]);
    });

    it("that cannot hear each other are made up for when one looks at the tab again", async () => {
      const { url } = await serve({ tokens: ["Hello."] });
      const { page, frame } = await visit(url, (context) =>
        context.addInitScript(() => Reflect.deleteProperty(globalThis, "BroadcastChannel")),
      );
      await ask(frame, "Hi");
      await untilDone(frame);
      const other = await duplicate(page);
      await other.waitForSelector(".prose");
      await ask(frame, "More?");
      await untilDone(frame, 2);
      expect(await other.locator(".question").count()).toBe(1);
      await other.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
      await other.waitForSelector(".turn:nth-child(2) .prose >> text=Hello.");
    });

    it("show a message once that both of them hold unsent", async () => {
      const { url, model } = await serve(SLOW);
      const { page, frame } = await visit(url);
      const { sent } = await intercept(page, () => undefined);
      await ask(frame);
      await sent;
      const other = await duplicate(page);
      await untilWord(other, 5);
      const again = await reload(page);
      await Promise.all([untilDone(again), untilDone(other)]);
      expect(await transcript(again)).toEqual([[QUESTION, ANSWER]]);
      expect(await transcript(other)).toEqual([[QUESTION, ANSWER]]);
      expect(model.requests).toHaveLength(1);
    });
  });
});

async function ask(frame: Frame, text = QUESTION) {
  await frame.fill("textarea", text);
  await frame.press("textarea", "Enter");
}

/** Resolves once that word of the slow answer is on the screen. */
async function untilWord(frame: Frame, word: number) {
  await frame.waitForSelector(`.turn:last-child .prose >> text=word${word} `);
}

async function untilDone(frame: Frame, turns = 1) {
  await frame.waitForSelector(`.turn:nth-child(${turns}) .tool`);
}

/** The button stands still for a moment after it changed, so that a double click is none; a click waits for that. */
async function pressStop(frame: Frame) {
  await expect
    .poll(async () => {
      const stop = frame.locator("[aria-label=Stop]:enabled");
      if ((await stop.count()) > 0) await stop.click({ timeout: 1000 }).catch(() => undefined);
      return frame.locator("[aria-label=Stop]:enabled").count();
    })
    .toBe(0);
}

async function reload(page: Page): Promise<Frame> {
  await page.reload();
  return openChat(page);
}

/** What a browser's "duplicate tab" does: another page of the same session, with a copy of its storage. */
async function duplicate(page: Page): Promise<Frame> {
  const [other] = await Promise.all([
    page.waitForEvent("popup"),
    page.evaluate(() => void window.open(location.href)),
  ]);
  await other.setViewportSize({ width: 1280, height: 800 });
  return openChat(other);
}

/** Question and answer of every turn on the screen. */
function transcript(frame: Frame): Promise<string[][]> {
  return frame.locator(".turn").evaluateAll((turns) =>
    turns.map((turn) => {
      const text = (selector: string) => turn.querySelector(selector)?.lastChild?.textContent ?? "";
      return [text(".question"), text(".prose")];
    }),
  );
}

async function expectTheSameAfterReload(page: Page) {
  const again = await reload(page);
  await untilDone(again);
  expect(await transcript(again)).toEqual([[QUESTION, ANSWER]]);
}

/** Keeps every text that the answer had in any drawn frame. */
async function recordTexts(frame: Frame): Promise<() => Promise<string[]>> {
  const recorded = await frame.evaluateHandle(() => {
    const texts: string[] = [];
    const look = () => {
      const text = document.querySelector(".prose")?.textContent ?? "";
      if (text !== texts.at(-1)) texts.push(text);
      requestAnimationFrame(look);
    };
    look();
    return texts;
  });
  return () => recorded.jsonValue();
}

function expectToGrow(texts: readonly string[]) {
  expect(texts.length).toBeGreaterThan(2);
  for (const [index, text] of texts.entries()) {
    expect(ANSWER.startsWith(text.trim())).toBe(true);
    expect(text.length).toBeGreaterThanOrEqual(texts[index - 1]?.length ?? 0);
  }
}

/** Takes the page's next message out of the line; `sent` resolves once the page has sent it. */
async function intercept(page: Page, act: (route: Route) => unknown) {
  let take: () => void = () => undefined;
  const sent = new Promise<void>((resolve) => {
    take = resolve;
  });
  const handle = (route: Route) => {
    take();
    return act(route);
  };
  await page.route("**/chat-v2", handle, { times: 1 });
  return { sent };
}

/** The client's waits between attempts are random; without chance there are none. */
function withoutWaiting(context: BrowserContext) {
  return context.addInitScript(() => {
    Math.random = () => 0;
  });
}
