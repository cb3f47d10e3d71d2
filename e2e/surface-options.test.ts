import type { Browser, Frame, Locator } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { InitOptions } from "../apps/widget/src/surface.ts";
import { findChromium } from "../scripts/system-programs.mjs";
import { startBrowser } from "./support/browser.ts";
import { type HostOptions, openHostPage } from "./support/host-page.ts";
import { type ScriptedServer, startScriptedServer } from "./support/scripted-server.ts";

const PICTURE = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";
const CORNERS = [
  { position: "bottom-end", dir: "ltr", x: "right", y: "bottom" },
  { position: "bottom-start", dir: "ltr", x: "left", y: "bottom" },
  { position: "top-end", dir: "ltr", x: "right", y: "top" },
  { position: "top-start", dir: "ltr", x: "left", y: "top" },
  { position: "bottom-end", dir: "rtl", x: "left", y: "bottom" },
  { position: "top-start", dir: "rtl", x: "right", y: "top" },
] as const;

describe.skipIf(!findChromium())("what a page can choose of the widget:", () => {
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
      turn.end("Yes.");
    });
  });

  const open = async (options: Partial<InitOptions> = {}, how: HostOptions = {}) => {
    const host = await openHostPage(browser, server, options, how);
    await host.run("aura.open()");
    return host;
  };
  const texts = () => server.asked.slice(before).map(({ body }) => body.text);
  const token = (frame: Frame, name: string) =>
    frame.evaluate((n) => getComputedStyle(document.documentElement).getPropertyValue(n), name);

  it("consent, asked once for each text, which what it sends waits for", async () => {
    const consent = { text: "We keep what you write.", url: "https://shop.example/privacy" };
    const { frame, run, page } = await open({ consent });
    const inside = await frame();
    expect(await inside.textContent(".consent")).toContain("We keep what you write.");
    expect(await inside.getAttribute(".consent a", "href")).toBe("https://shop.example/privacy");
    expect(await inside.locator("textarea").count()).toBe(0);
    await run(`aura.sendMessage("Wait for it")`);
    await run(`aura.update({ header: { title: "Heard" } })`);
    await inside.waitForSelector("h1 >> text=Heard");
    expect(texts()).toEqual([]);
    await inside.click("text=Agree and chat");
    await inside.waitForSelector(".tool");
    expect(texts()).toEqual(["Wait for it"]);

    await page.reload();
    await run("aura.open()");
    const again = await frame();
    await again.waitForSelector(".tool");
    expect(await again.locator(".consent").count()).toBe(0);
    await run(`aura.update({ consent: { text: "Now we sell it.", url: "javascript:alert(1)" } })`);
    await again.waitForSelector(".consent >> text=Now we sell it.");
    expect(await again.locator(".consent a").count()).toBe(0);
  });

  it("its words", async () => {
    const { frame, run } = await open({
      greeting: { title: "Welcome to the shop", text: "Ask about shoes." },
      composer: { placeholder: "Which size?" },
      disclaimer: "Written by a machine.",
      strings: { send: "Off it goes" },
    });
    const inside = await frame();
    await inside.waitForSelector("h2 >> text=Welcome to the shop");
    expect(await inside.textContent(".welcome p")).toBe("Ask about shoes.");
    expect(await inside.getAttribute("textarea", "placeholder")).toBe("Which size?");
    expect(await inside.textContent("#note")).toBe("Written by a machine.");
    expect(await inside.getAttribute(".send", "aria-label")).toBe("Off it goes");
    await run("aura.update({ disclaimer: false, composer: undefined, strings: undefined })");
    await expect.poll(() => inside.locator("#note").count()).toBe(0);
    expect(await inside.getAttribute("textarea", "placeholder")).toBe("Ask a question");
    await expect.poll(() => inside.getAttribute(".send", "aria-label")).toBe("Send");
  });

  it("no list of conversations", async () => {
    const { frame } = await open({ history: false });
    const inside = await frame();
    await inside.click("[aria-label='Conversations and data']");
    await inside.waitForSelector("text=Your data");
    expect(await inside.locator("text=Your conversations will be listed here.").count()).toBe(0);
    expect(await inside.locator("input[type=search]").count()).toBe(0);
  });

  it("a picture of its own, and none of another server's", async () => {
    const { frame, run, requests, problems } = await open({ header: { avatar: PICTURE } });
    const inside = await frame();
    await inside.waitForFunction(
      () => document.querySelector<HTMLImageElement>(".avatar img")?.naturalWidth === 1,
    );
    await run(`aura.update({ header: { title: "Zoe", avatar: "https://evil.example/a.png" } })`);
    await expect.poll(() => inside.textContent(".avatar")).toBe("Z");
    expect(await inside.locator("img").count()).toBe(0);
    expect(requests.filter((url) => url.includes("evil"))).toEqual([]);
    expect(problems).toEqual([]);
  });

  it("no launcher, or one with a label and a shape of its own", async () => {
    const { launcher, run, panel, frame } = await open({ launcher: false });
    await expect.poll(() => panel.isVisible()).toBe(true);
    await frame();
    expect(await launcher.isVisible()).toBe(false);
    await run(`aura.update({ launcher: { label: "Ask us", icon: "M0 0h24v24z" } })`);
    await expect.poll(() => launcher.isVisible()).toBe(true);
    expect(await launcher.textContent()).toBe("Ask us");
    await expect.poll(() => launcher.getAttribute("aria-label")).toBe("Ask us");
    const shape = (button: Element) => getComputedStyle(button, "::before").clipPath;
    await run("aura.close()");
    // Chromium writes the shape out in its own way.
    await expect.poll(() => launcher.evaluate(shape)).toMatch(/^path\("M 0 0 H? ?24/i);
  });

  it.each(CORNERS)(
    "$position, which is $y and $x in a page of dir=$dir",
    async ({ position, dir, x, y }) => {
      const { launcher, panel, frame } = await open(
        { position },
        { html: `lang="en" dir="${dir}"` },
      );
      await frame();
      await expect.poll(() => distances(launcher)).toMatchObject({ [x]: 20, [y]: 20 });
      await expect.poll(() => distances(panel)).toMatchObject({ [x]: 20, [y]: 94 });
    },
  );

  it("a theme, in which text stays readable", async () => {
    const { launcher, panel, frame, run } = await open({
      theme: {
        accent: "#ffee00",
        radius: "4px",
        density: "compact",
        font: "monospace",
        offsetX: "7px",
        offsetY: "9px",
        zIndex: 41,
        width: "500px",
        height: "400px",
        size: "48px",
      },
    });
    const inside = await frame();
    await expect.poll(() => distances(launcher)).toMatchObject({ right: 7, bottom: 9, height: 48 });
    await expect.poll(() => distances(panel)).toMatchObject({ right: 7, width: 500, height: 400 });
    expect(await styleOf(panel, "border-top-left-radius")).toBe("4px");
    expect(await styleOf(panel, "z-index")).toBe("41");
    expect(await inside.getAttribute("html", "class")).toBe("light compact");
    expect(await inside.evaluate(() => getComputedStyle(document.body).fontFamily)).toMatch(
      /^monospace/,
    );
    // Yellow on white cannot be read: it is as dark as it has to be, and the launcher has the same colour.
    const accent = await token(inside, "--accent");
    expect(accent).not.toBe("rgb(255,238,0)");
    const fill = await styleOf(launcher, "background-color");
    const rounded = accent.replace(/[\d.]+/g, (channel) => String(Math.round(Number(channel))));
    expect(fill.replaceAll(" ", "")).toBe(rounded);
    await run("aura.update({ theme: { accent: undefined, width: undefined } })");
    await expect.poll(() => distances(panel)).toMatchObject({ width: 392 });
  });

  it("the same by its own style sheet", async () => {
    const css = `aura-chat { --aura-offsetX: 30px; --aura-offsetY: 40px; --aura-zIndex: 5; --aura-width: 450px; --aura-height: 410px; --aura-size: 44px; --aura-radius: 2px }
      button, div, iframe { all: unset; display: none !important } * { border: 9px solid red !important }`;
    const { launcher, panel, frame } = await open({}, { head: `<style>${css}</style>` });
    await frame();
    await expect
      .poll(() => distances(launcher))
      .toMatchObject({ right: 30, bottom: 40, height: 44 });
    await expect.poll(() => distances(panel)).toMatchObject({ right: 30, width: 450, height: 410 });
    expect(await styleOf(panel, "z-index")).toBe("5");
    expect(await styleOf(panel, "border-top-left-radius")).toBe("2px");
    expect(await styleOf(panel, "border-top-width")).toBe("0px");
  });

  it("a part of the page, which the chat fills", async () => {
    const body = `<div id="place" style="width:600px;height:500px"></div>`;
    const { panel, launcher, frame, heard, run } = await open(
      { mode: "inline", target: "#place" },
      { body },
    );
    const inside = await frame();
    await expect
      .poll(() => distances(panel))
      .toMatchObject({ left: 8, top: 8, width: 600, height: 500 });
    expect(await launcher.isVisible()).toBe(false);
    expect(await inside.locator("[aria-label='Close chat']").count()).toBe(0);
    await run(`aura.sendMessage("Here")`);
    await inside.waitForSelector(".tool");
    expect(await heard("unread")).toEqual([]);
  });

  it("a part that is not there, which is a mistake to be told and nothing more", async () => {
    const { page, problems } = await open({ mode: "inline", target: "#nowhere" });
    await expect.poll(() => problems.join()).toMatch(/\[aura\].*target/);
    expect(await page.locator("aura-chat").count()).toBe(0);
    expect(problems.filter((problem) => problem.startsWith("error"))).toEqual([]);
  });

  it("the whole page", async () => {
    const { panel, launcher, frame } = await open({ mode: "page" });
    const inside = await frame();
    await expect
      .poll(() => distances(panel))
      .toMatchObject({ left: 0, top: 0, width: 1280, height: 800 });
    expect(await launcher.isVisible()).toBe(false);
    expect(await inside.locator("[aria-label='Close chat']").count()).toBe(0);
  });

  describe("the language", () => {
    const spoken = async (options: Partial<InitOptions>, html: string, locale = "en-GB") => {
      const { frame } = await open(options, { html, browser: { locale } });
      return (await frame()).getAttribute("textarea", "placeholder");
    };

    it("of its option, else of the page, else of the browser", async () => {
      const questions = { de: /Frage/, fr: /question/, ja: /質問/ };
      expect(await spoken({ locale: "ja" }, 'lang="de"', "fr-FR")).toMatch(questions.ja);
      expect(await spoken({}, 'lang="de-AT"', "fr-FR")).toMatch(questions.de);
      expect(await spoken({}, "", "fr-FR")).toMatch(questions.fr);
      expect(await spoken({}, 'lang="xx"', "de-DE")).toMatch(/Frage/);
    });

    it("of the moment, from right to left and back, with everything that stands there", async () => {
      const { frame, run, launcher, page } = await open();
      const inside = await frame();
      const refusal = { code: "forbidden", detail: "This page may not use this chat." };
      await page.route(/orcha\/conversations(\?|$)/, (route) =>
        route.fulfill({ status: 403, json: refusal }),
      );
      await run(`aura.sendMessage("One")`);
      await inside.waitForSelector("[aria-label='Copy answer']");
      await inside.click("[aria-label='Conversations and data']");
      await inside.waitForSelector("text=This page may not use this chat.");
      await run(`aura.setLocale("ar")`);
      await inside.waitForSelector("html[lang=ar][dir=rtl]");
      await expect
        .poll(() => inside.locator("[aria-label='Copy answer'], [title='Send']").count())
        .toBe(0);
      await expect.poll(() => inside.locator("dialog").textContent()).not.toMatch(/[a-z]{4}/i);
      expect(await inside.getAttribute("textarea", "placeholder")).toMatch(/[\u0600-\u06ff]/);
      await expect.poll(() => launcher.getAttribute("aria-label")).toMatch(/[\u0600-\u06ff]/);
      await run(`aura.setLocale("tlh")`);
      await run("aura.setLocale(undefined)");
      await inside.waitForSelector("html[lang=en][dir=ltr]");
      await inside.waitForSelector("[aria-label='Copy answer']", { state: "attached" });
      expect(await inside.textContent("dialog")).toContain("Your data");
      await expect.poll(() => launcher.getAttribute("aria-label")).toBe("Chat");
    });
  });
});

/** Of an element from the sides of the window, and its size. */
function distances(element: Locator) {
  return element.evaluate((node) => {
    const { left, top, right, bottom, width, height } = node.getBoundingClientRect();
    const { clientWidth } = document.documentElement;
    return { left, top, right: clientWidth - right, bottom: innerHeight - bottom, width, height };
  });
}

function styleOf(element: Locator, name: string): Promise<string> {
  return element.evaluate((node, n) => getComputedStyle(node).getPropertyValue(n), name);
}
