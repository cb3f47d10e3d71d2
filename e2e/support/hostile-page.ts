import { createHash } from "node:crypto";
import type { Frame, Page } from "playwright-core";
import { expect } from "vitest";

/** The page that the widget stands on: the window, or a frame in it. */
export type HostFrame = Frame;

/** Reports every violation of a policy, in the page and in each frame, where a test looks for problems. */
export async function reportViolations(page: Page): Promise<void> {
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) =>
      console.error(`policy: ${event.effectiveDirective} ${event.blockedURI} ${event.sample}`),
    );
  });
}

/** A whole visit: opens by the launcher, asks, reads the answer, closes by Escape, takes everything away. */
export async function useWidget(page: Page, host: HostFrame = page.mainFrame()): Promise<void> {
  const frame = await openByLauncher(page, host);
  await ask(frame, "Does it work?");
  await closeByEscape(page, host, frame);
  await destroy(page, host);
}

/** Clicks the corner in which the launcher is, and waits for the composer to be there and to have the focus. */
export async function openByLauncher(page: Page, host: HostFrame): Promise<Frame> {
  await host.waitForFunction(() => document.querySelector("aura-chat"));
  const element = host === page.mainFrame() ? undefined : await host.frameElement();
  const box = element ? await element.boundingBox() : { x: 0, y: 0, ...page.viewportSize() };
  const { x = 0, y = 0, width = 0, height = 0 } = box ?? {};
  await page.mouse.click(x + width - 50, y + height - 50);
  const frame = await widgetFrame(page, host);
  await frame.waitForFunction(
    () => document.hasFocus() && document.activeElement?.localName === "textarea",
  );
  return frame;
}

/** The widget's frame on a page. */
export async function widgetFrame(page: Page, host: HostFrame): Promise<Frame> {
  const find = () => host.childFrames().find((frame) => frame.url().includes("/widget/frame"));
  await expect.poll(find, { timeout: 15_000 }).toBeDefined();
  const frame = find();
  if (!frame) throw new Error(`No widget on ${page.url()}`);
  await frame.waitForSelector("textarea");
  await frame.waitForSelector("main > *", { state: "attached" });
  return frame;
}

export async function ask(frame: Frame, text: string): Promise<void> {
  const turns = await frame.locator(".turn").count();
  await frame.locator("textarea").pressSequentially(text);
  await frame.press("textarea", "Enter");
  await frame.waitForSelector(`.turn:nth-child(${turns + 1}) .prose >> text=It does.`);
}

async function closeByEscape(page: Page, host: HostFrame, frame: Frame): Promise<void> {
  await host.evaluate(() => {
    document.addEventListener("aura:close", () => document.body.setAttribute("data-closed", ""));
  });
  await frame.press("textarea", "Escape");
  await host.waitForSelector("[data-closed]");
  await expect.poll(() => host.evaluate(() => document.activeElement?.localName)).toBe("aura-chat");
  expect(page.isClosed()).toBe(false);
}

/** Naming no option gives the widget that is there. */
export async function destroy(page: Page, host: HostFrame): Promise<void> {
  await host.evaluate("AuraChatWidget.init({}).destroy()");
  expect(await host.locator("aura-chat").count()).toBe(0);
  await expect.poll(() => host.childFrames().length).toBe(0);
  expect(page.isClosed()).toBe(false);
}

/** What a policy has to name to allow one inline script. */
export function hashSource(script: string): string {
  return `'sha256-${createHash("sha256").update(script).digest("base64")}'`;
}
