import type { Browser, Frame } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { InitOptions } from "../apps/widget/src/surface.ts";
import { findChromium } from "../scripts/system-programs.mjs";
import { startBrowser } from "./support/browser.ts";
import { openHostPage } from "./support/host-page.ts";
import { type ScriptedServer, startScriptedServer } from "./support/scripted-server.ts";

const PHONE = { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true };

describe.skipIf(!findChromium())("the widget on a page of another origin", () => {
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
      turn.end("A paragraph that takes some room. ".repeat(20));
    });
  });

  const open = async (
    how: NonNullable<Parameters<typeof openHostPage>[3]>["browser"],
    options: Partial<InitOptions> = {},
  ) => {
    const host = await openHostPage(browser, server, options, { browser: how ?? {} });
    await host.run("aura.open()");
    const inside = await host.frame();
    await inside.waitForSelector("textarea");
    return { ...host, inside };
  };
  const CONTROLS = ["textarea", ".send", "[aria-label='Close chat']"];
  /** Of what the visitor needs most, what does not lie within the window. */
  const outOfReach = (frame: Frame) =>
    frame.evaluate((controls) => {
      const isReachable = (control: string) => {
        const box = document.querySelector(control)?.getBoundingClientRect();
        if (!box || box.width === 0) return false;
        const { left, top, right, bottom } = box;
        return left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
      };
      return controls.filter((control) => !isReachable(control));
    }, CONTROLS);

  it("follows a phone's on-screen keyboard, and leaves zooming to the page", async () => {
    const { panel, run, inside } = await open(PHONE);
    const box = () => panel.boundingBox();
    await expect.poll(box).toMatchObject({ x: 0, y: 0, width: 320, height: 640 });
    const viewport = (values: object) =>
      run(`for (const [name, value] of Object.entries(${JSON.stringify(values)}))
        Object.defineProperty(visualViewport, name, { value, configurable: true });
        visualViewport.dispatchEvent(new Event("resize"))`);
    await viewport({ height: 300, offsetTop: 40 });
    await expect.poll(box).toMatchObject({ x: 0, y: 40, width: 320, height: 300 });
    await expect.poll(() => outOfReach(inside)).toEqual([]);
    await viewport({ scale: 2, height: 150 });
    expect(await box()).toMatchObject({ height: 300 });
    await viewport({ scale: 1, height: 640, offsetTop: 0 });
    await expect.poll(box).toMatchObject({ y: 0, height: 640 });
  });

  it("keeps clear of a phone's notch and of its home bar", async () => {
    const { panel, page, inside, run, launcher } = await open(PHONE);
    const session = await page.context().newCDPSession(page);
    await session.send("Emulation.setSafeAreaInsetsOverride", {
      insets: { top: 44, bottom: 34 },
    });
    const padding = (element: Element) => getComputedStyle(element).paddingBlock;
    await expect.poll(() => panel.evaluate(padding)).toBe("44px 34px");
    await expect.poll(() => inside.evaluate(() => innerHeight)).toBe(640 - 44 - 34);
    await run("aura.close()");
    const bottom = async () => {
      const box = await launcher.boundingBox();
      return box && 640 - box.y - box.height;
    };
    await expect.poll(bottom).toBe(34);
  });

  it("does not make a phone zoom in on what is written, however dense it is", async () => {
    const { inside } = await open(PHONE, { theme: { density: "compact" } });
    await inside.waitForSelector("html.compact");
    const size = await inside.evaluate(() =>
      [...document.querySelectorAll("textarea")].map((area) => getComputedStyle(area).fontSize),
    );
    expect(size).toEqual(["16px"]);
    expect(await outOfReach(inside)).toEqual([]);
  });

  it("stays of use at 400 % zoom", async () => {
    const { inside, run, page } = await open({ viewport: { width: 320, height: 256 } });
    expect(await outOfReach(inside)).toEqual([]);
    await run(`aura.sendMessage("A long question that takes more than a line of the window")`);
    await inside.waitForSelector(".tool", { state: "attached" });
    await inside.fill("textarea", "line\n".repeat(20));
    await expect.poll(() => outOfReach(inside)).toEqual([]);
    await inside.click("[aria-label='Close chat']");
    await expect.poll(() => page.locator("aura-chat div").isVisible()).toBe(false);
  });

  it("has edges in the visitor's own colours", async () => {
    const { inside, launcher, panel, run } = await open({ forcedColors: "active" });
    for (const element of [launcher, panel]) {
      const border = (node: Element) => getComputedStyle(node).borderTopWidth;
      await expect.poll(() => element.evaluate(border)).toBe("1px");
    }
    expect(await outOfReach(inside)).toEqual([]);
    await run("aura.close()");
    // The icon is a shape cut out of a border, which is drawn in the colour of text.
    const colours = await launcher.evaluate((button) => {
      const icon = getComputedStyle(button, "::before");
      return [icon.borderTopColor, getComputedStyle(button).backgroundColor];
    });
    expect(colours[0]).not.toBe(colours[1]);
  });

  it("does not move for those who do not want that", async () => {
    let end: () => void = () => undefined;
    server.reply((turn) => {
      turn.start();
      end = () => turn.end("Done.");
    });
    const { inside, launcher, panel, run } = await open({ reducedMotion: "reduce" });
    for (const element of [launcher, panel]) {
      const durations = (node: Element) => getComputedStyle(node).transitionDuration;
      await expect.poll(() => element.evaluate(durations)).toMatch(/^0s(, 0s)*$/);
    }
    await run(`aura.sendMessage("Still?")`);
    await inside.waitForSelector(".turn");
    const moving = () =>
      document.getAnimations().filter(({ playState, effect }) => {
        const { duration } = effect?.getComputedTiming() ?? {};
        return playState === "running" && Number(duration) > 1;
      }).length;
    expect(await inside.evaluate(moving)).toBe(0);
    end();
    await inside.waitForSelector(".tool");
  });
});
