import axe from "axe-core";
import type { Browser, Frame, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { findChromium } from "../scripts/system-programs.mjs";
import { openPage, startBrowser } from "./support/browser.ts";
import { type ScriptedServer, startScriptedServer } from "./support/scripted-server.ts";

const LOOKS = [
  { scheme: "light", lang: "en", width: 1340 },
  { scheme: "dark", lang: "en", width: 1340 },
  { scheme: "light", lang: "ar", width: 1340 },
  { scheme: "dark", lang: "ar", width: 1340 },
  { scheme: "light", lang: "de", width: 352 },
] as const;

describe.skipIf(!findChromium())("every state of the widget", () => {
  let server: ScriptedServer;
  let browser: Browser;
  beforeAll(async () => {
    [server, browser] = await Promise.all([startScriptedServer(), startBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await server[Symbol.asyncDispose]();
  });

  interface State {
    readonly name: string;
    readonly frame: Frame;
  }

  async function states(query: string, width: number) {
    const options = { viewport: { width, height: 800 }, reducedMotion: "reduce" } as const;
    const watched = await openPage(browser, `${server.url}/demo/states?${query}`, options);
    onTestFinished(() => watched.context.close());
    const { page } = watched;
    await page.waitForSelector("html[data-done]", { timeout: 60_000 });
    return { ...watched, all: statesOf(page) };
  }

  function statesOf(page: Page): State[] {
    return page
      .frames()
      .filter((frame) => frame.url().includes("/widget/frame"))
      .map((frame) => {
        const tenant = new URL(frame.url()).searchParams.get("tenant_id") ?? "";
        return { name: tenant.replace("state-", ""), frame };
      });
  }

  it.each(LOOKS)(
    "has no accessibility violation in $scheme and $lang at $width px",
    {
      timeout: 180_000,
    },
    async ({ scheme, lang, width }) => {
      const { all, problems } = await states(`scheme=${scheme}&lang=${lang}`, width);
      expect(problems).toEqual([]);
      expect(all.length).toBeGreaterThan(18);
      for (const { name, frame } of all) {
        expect(await frame.getAttribute("html", "dir"), name).toBe(lang === "ar" ? "rtl" : "ltr");
        expect(await violations(frame), name).toEqual([]);
        expect(await sideways(frame), `${name} scrolls sideways`).toBe(0);
      }
    },
  );
});

/** Run by hand in each frame: the frames stand in closed shadow roots, where axe does not look. */
async function violations(frame: Frame): Promise<string[]> {
  await frame.evaluate(axe.source);
  const found = await frame.evaluate(async () => {
    const { axe: runner } = window as unknown as { axe: typeof axe };
    return (await runner.run({ exclude: [] })).violations.map(({ id, nodes }) => ({
      id,
      html: nodes.map((node) => node.html),
    }));
  });
  return found.map(({ id, html }) => `${id}: ${html.join(" ")}`);
}

function sideways(frame: Frame): Promise<number> {
  return frame.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
}
