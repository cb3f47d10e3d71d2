import { readFile, rm } from "node:fs/promises";
import type { Browser, Frame, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { findChromium } from "../scripts/system-programs.mjs";
import { chatFrame, openPage, startBrowser } from "./support/browser.ts";
import { type Keyboard, keyboardOf } from "./support/keyboard.ts";
import {
  makeDataDir,
  type PackagedServer,
  startPackagedServer,
} from "./support/packaged-server.ts";
import { makeKey, tenantAdmin } from "./support/tenant-admin.ts";

const EMBED = "How do I embed the widget?";
const PHONES = "Does it work on phones?";

describe.skipIf(!findChromium())("by keyboard alone, against the real server,", () => {
  let browser: Browser;
  let dataDir: string;
  let server: PackagedServer;
  beforeAll(async () => {
    dataDir = await makeDataDir();
    [browser, server] = await Promise.all([
      startBrowser(),
      startPackagedServer({ args: ["--demo"], dataDir, env: { ORCHA_RATE_LIMITS: "off" } }),
    ]);
    await server.line(/Documents: \d+ read/);
    const key = await makeKey(dataDir, "*", "admin");
    await tenantAdmin(server.url, key).update("external_widget", { suggestions: true });
  });
  afterAll(async () => {
    await browser.close();
    await server[Symbol.asyncDispose]();
    await rm(dataDir, { recursive: true, force: true });
  });

  interface Visit {
    readonly page: Page;
    readonly frame: Frame;
    readonly keys: Keyboard;
    readonly problems: readonly string[];
  }

  /** Opens the demo's chat from the launcher, by keys. */
  async function visit(): Promise<Visit> {
    const { page, context, problems } = await openPage(browser, `${server.url}/demo`, {
      reducedMotion: "reduce",
    });
    onTestFinished(() => context.close());
    await page.waitForFunction(() => document.querySelector("aura-chat"));
    await page.focus("[data-copy-snippet]");
    for (let presses = 0; presses < 12; presses += 1) {
      await page.keyboard.press("Tab");
      if (await page.evaluate(() => document.activeElement?.localName === "aura-chat")) break;
    }
    await page.keyboard.press("Enter");
    const frame = await chatFrame(page);
    await frame.waitForFunction(() => document.activeElement?.localName === "textarea");
    return { page, frame, keys: keyboardOf(page, frame), problems };
  }

  async function ask({ keys, frame }: Visit, text: string, answers = 1) {
    await keys.goTo("Your message");
    await keys.type(text);
    await keys.press("Enter");
    await frame.waitForSelector(`.turn:nth-of-type(${answers}) .tools`);
  }

  const spoken = (frame: Frame) => frame.locator(".unseen[role=status] p").allTextContents();

  it("a question is asked from a starter, answered, copied and asked again", async () => {
    const { frame, keys, problems } = await visit();
    await keys.use(EMBED);
    await frame.waitForSelector(".tools");
    await keys.use("Copy answer");
    await expect
      .poll(() => spoken(frame))
      .toContainEqual(expect.stringMatching(/^Copied|not possible/));
    const first = await frame.textContent(".prose");
    await keys.use("Answer again");
    await frame.waitForSelector(".turn:only-of-type .tools");
    await expect.poll(() => frame.textContent(".prose")).toBe(first);
    expect(await frame.locator(".question").count()).toBe(1);
    expect(problems).toEqual([]);
  });

  it("the last question is edited and answered anew", async () => {
    const all = await visit();
    await ask(all, "How do I embed the wigdet?");
    const { frame, keys } = all;
    await keys.use("Edit this question");
    expect(await keys.focused()).toBe("Your message");
    await keys.press("Escape");
    expect(await frame.locator(".line").count()).toBe(0);
    await keys.use("Edit this question");
    await keys.press("ControlOrMeta+a");
    await keys.type(EMBED);
    await keys.press("Enter");
    await frame.waitForSelector(`.question >> text=${EMBED}`);
    await frame.waitForSelector(".tools");
    expect(await frame.locator(".question").count()).toBe(1);

    await all.page.reload();
    const again = await reopened(all.page);
    await again.waitForSelector(".prose");
    expect(await again.locator(".question").allTextContents()).toEqual([
      expect.stringContaining(EMBED),
    ]);
  });

  it("an answer is rated with a word on it, which is there after a reload", async () => {
    const all = await visit();
    await ask(all, EMBED);
    const { frame, keys, page } = all;
    await keys.use("Not helpful");
    await frame.waitForSelector("[aria-label='Not helpful'][aria-pressed=true]");
    await keys.goTo("What could be better?");
    await keys.type("A picture of it.");
    await keys.use("Send feedback");
    await expect.poll(() => spoken(frame)).toContain("Thank you for telling us.");
    await expect.poll(() => frame.locator(".feedback").count()).toBe(0);

    await page.reload();
    const again = await reopened(page);
    await again.waitForSelector("[aria-label='Not helpful'][aria-pressed=true]");
  });

  it("a source is opened from its citation, with what was quoted marked", async () => {
    const all = await visit();
    await ask(all, EMBED);
    const { frame, keys } = all;
    await keys.use(/^Source 1: /);
    await frame.waitForSelector(".sources mark");
    expect(await keys.focused()).toContain("embed-the-widget.md");
    await keys.press("Enter");
    await expect.poll(() => frame.locator(".sources blockquote").count()).toBe(0);
  });

  it("what could be asked next is asked", async () => {
    const all = await visit();
    await ask(all, EMBED);
    const { frame, keys } = all;
    const next = (await frame.locator(".follow-ups button").first().textContent()) ?? "";
    expect(next).not.toBe("");
    await keys.use(next);
    await frame.waitForSelector(".turn:nth-of-type(2) .tools");
    expect(await frame.locator(".question").last().textContent()).toContain(next);
  });

  it("conversations are found, renamed, opened and deleted", async () => {
    const all = await visit();
    const { frame, keys } = all;
    await ask(all, EMBED);
    await keys.use("New conversation");
    await frame.waitForSelector(".welcome");
    await ask(all, PHONES);

    await keys.use("Conversations and data");
    await frame.waitForSelector(".row:nth-child(2)");
    await keys.goTo("Search your conversations");
    await keys.type("embed the");
    await frame.waitForFunction(() => document.querySelectorAll(".row").length === 1);
    await expect.poll(() => spoken(frame)).toContain("1 conversation");
    await keys.use(`Rename ${EMBED}`);
    expect(await keys.focused()).toBe("Name of the conversation");
    await keys.type("Setting it up");
    await keys.press("Enter");
    await frame.waitForSelector(".row >> text=Setting it up");

    await keys.use(/^Setting it up/);
    await frame.waitForSelector(`.question >> text=${EMBED}`);
    expect(await frame.locator("dialog").count()).toBe(0);

    await keys.use("Conversations and data");
    await keys.use(`Delete ${PHONES}`);
    expect(await keys.focused()).toBe("Cancel");
    await keys.press("Escape");
    await keys.use(`Delete ${PHONES}`);
    await keys.use("Delete");
    await frame.waitForFunction(() => document.querySelectorAll(".row").length === 1);
    await keys.press("Escape");
    await expect.poll(() => frame.locator("dialog").count()).toBe(0);
    // Escape left the dialog and not the chat, and the focus is where it was.
    expect(await keys.focused()).toBe("Conversations and data");
  });

  it("the conversation is downloaded, then all data, and then they are deleted with a receipt", async () => {
    const all = await visit();
    const { page, frame, keys } = all;
    await ask(all, EMBED);
    await keys.use("Conversations and data");
    const saves = async (act: () => Promise<void>) => {
      const [download] = await Promise.all([page.waitForEvent("download"), act()]);
      return readFile((await download.path()) ?? "", "utf8");
    };
    const transcript = await saves(() => keys.use("Download this conversation"));
    expect(transcript).toContain(`**You:** ${EMBED}`);
    expect(transcript).toContain("Paste this before `</body>`");

    await keys.use("Your data");
    const data = JSON.parse(await saves(() => keys.use("Download my data")));
    expect(JSON.stringify(data)).toContain(EMBED);

    await keys.use("Delete my data");
    await keys.use("Delete everything");
    const done = await frame.waitForSelector(".privacy .done");
    expect(await done.textContent()).toMatch(/^Everything was deleted\. Receipt: \S+/);
    await keys.use("Back");
    await frame.waitForSelector(".welcome");
    await keys.use("Conversations and data");
    await frame.waitForSelector(".empty");
  });

  it("the chat is closed with Escape, and the focus goes back to its button", async () => {
    const { page, keys } = await visit();
    await keys.press("Escape");
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.localName))
      .toBe("aura-chat");
    // Nothing of a closed chat can be reached.
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.localName)).not.toBe("aura-chat");
  });

  async function reopened(page: Page): Promise<Frame> {
    await page.waitForFunction(() => document.querySelector("aura-chat"));
    await page.evaluate(() => {
      const { AuraChatWidget } = window as unknown as {
        AuraChatWidget: { init(options: object): { open(): void } };
      };
      AuraChatWidget.init({ apiBaseUrl: location.origin }).open();
    });
    return chatFrame(page);
  }
});
