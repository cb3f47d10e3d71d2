import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Frame,
  type Page,
} from "playwright-core";
import { findChromium } from "../../scripts/system-programs.mjs";

const FLAGS = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-default-apps",
  "--disable-sync",
  "--no-first-run",
];

const VIEWPORT = { width: 1280, height: 800 };

/** Starts Chromium without a sandbox of its own, which root and most containers cannot give it. */
export function startBrowser(...flags: readonly string[]): Promise<Browser> {
  return chromium.launch({ ...launchOptions(), args: [...FLAGS, ...flags] });
}

/** Starts Chromium with settings that only a profile can hold. */
export async function startProfile(
  directory: string,
  preferences: Readonly<Record<string, unknown>>,
): Promise<BrowserContext> {
  await mkdir(join(directory, "Default"), { recursive: true });
  await writeFile(join(directory, "Default/Preferences"), JSON.stringify(preferences));
  return chromium.launchPersistentContext(directory, {
    ...launchOptions(),
    args: FLAGS,
    viewport: VIEWPORT,
  });
}

function launchOptions() {
  const executablePath = findChromium();
  if (!executablePath) throw new Error("Chromium is missing; set CHROMIUM_PATH.");
  return { executablePath, chromiumSandbox: false };
}

/** A page with what went wrong on it, and what it asked of other servers. */
export interface Watched {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly problems: readonly string[];
  readonly requests: readonly string[];
}

/** Opens a fresh page. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Watched> {
  const watched = await watchPage(await browser.newContext({ viewport: VIEWPORT, ...options }));
  await watched.page.goto(url);
  return watched;
}

/** A blank page of a context: the only one, for a page beside another one does not reliably have the focus. */
export async function watchPage(context: BrowserContext): Promise<Watched> {
  const page = context.pages()[0] ?? (await context.newPage());
  const problems: string[] = [];
  const requests: string[] = [];
  page.on("pageerror", (error) => problems.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => requests.push(request.url()));
  return { page, context, problems, requests };
}

/** Clicks the launcher, which no selector reaches in its closed shadow root, and waits for what opens. */
export async function openChat(page: Page): Promise<Frame> {
  const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
  await page.waitForFunction(() => document.querySelector("aura-chat"));
  await page.mouse.click(width - 50, height - 50);
  return chatFrame(page);
}

/** The widget's frame, found by its address. */
export async function chatFrame(page: Page): Promise<Frame> {
  const find = () => page.frames().find((frame) => frame.url().includes("/widget/frame"));
  const frame =
    find() ?? (await page.waitForEvent("framenavigated", { predicate: () => !!find() }));
  const found = find() ?? frame;
  await found.waitForSelector("textarea");
  // The last that is drawn.
  await found.waitForSelector("main > *", { state: "attached" });
  return found;
}
