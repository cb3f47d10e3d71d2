import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";
import { ROOT } from "./stamp.mjs";
import { findChromium } from "./system-programs.mjs";

/** The README's pictures: the demo with an answer, on a desktop in light and on a phone in dark. */
const SHOTS = [
  { name: "desktop-light", width: 1280, height: 800, colorScheme: "light", isMobile: false },
  { name: "phone-dark", width: 390, height: 844, colorScheme: "dark", isMobile: true },
];
const QUESTION = "How do I embed the widget?";
/** Rows of the page that shows every state, three states each. */
const ROWS = [
  { name: "states-light", query: "only=welcome,answer,source" },
  { name: "states-dark", query: "scheme=dark&only=code,feedback,conversations" },
  { name: "states-arabic", query: "scheme=light&lang=ar&only=welcome,offline,privacy" },
];

const executablePath = findChromium();
if (!executablePath) throw new Error("Chromium is missing; set CHROMIUM_PATH.");
const folder = mkdtempSync(join(tmpdir(), "orcha-screenshots-"));
const server = spawn(process.execPath, [join(ROOT, "dist/orcha.js"), "serve", "--demo"], {
  env: { PATH: process.env.PATH, PORT: "0", ORCHA_DATA_DIR: folder },
  stdio: ["ignore", "pipe", "inherit"],
});
try {
  const url = await untilRead(server.stdout);
  const browser = await chromium.launch({
    executablePath,
    chromiumSandbox: false,
    args: ["--disable-background-networking", "--disable-sync", "--no-first-run"],
  });
  mkdirSync(join(ROOT, "docs/images"), { recursive: true });
  for (const shot of SHOTS) await take(browser, url, shot);
  for (const row of ROWS) await takeRow(browser, url, row);
  await browser.close();
} finally {
  server.kill("SIGTERM");
  rmSync(folder, { recursive: true, force: true });
}

/**
 * @param {import("playwright-core").Browser} browser
 * @param {string} url
 * @param {(typeof SHOTS)[number]} shot
 */
async function take(browser, url, { name, width, height, colorScheme, isMobile }) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: colorScheme === "dark" ? "dark" : "light",
    reducedMotion: "reduce",
    isMobile,
    hasTouch: isMobile,
  });
  const page = await context.newPage();
  await page.goto(url);
  await page.locator("button, a", { hasText: "Ask the assistant" }).first().click();
  const chat = await chatFrame(page);
  await chat.locator("textarea").fill(QUESTION);
  await chat.locator("textarea").press("Enter");
  await chat.locator(".sources").first().waitFor();
  await page.screenshot({ path: join(ROOT, `docs/images/${name}.png`) });
  await context.close();
}

/**
 * @param {import("playwright-core").Browser} browser
 * @param {string} url
 * @param {(typeof ROWS)[number]} row
 */
async function takeRow(browser, url, { name, query }) {
  const context = await browser.newContext({
    viewport: { width: 1340, height: 800 },
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  await page.goto(`${new URL(url).origin}/demo/states?${query}`);
  await page.waitForSelector("html[data-done]");
  await page.locator("main").screenshot({ path: join(ROOT, `docs/images/${name}.png`) });
  await context.close();
}

/**
 * The frame stands in a closed shadow root, where no selector finds it.
 *
 * @param {import("playwright-core").Page} page
 */
async function chatFrame(page) {
  const find = () => page.frames().find((frame) => frame.url().includes("/widget/frame"));
  return find() ?? (await page.waitForEvent("framenavigated", { predicate: () => !!find() }));
}

/**
 * The demo's address, once the documents were read.
 *
 * @param {NodeJS.ReadableStream} output
 * @returns {Promise<string>}
 */
async function untilRead(output) {
  let url = "";
  for await (const line of createInterface({ input: output })) {
    url = /http\S+/.exec(line)?.[0] ?? url;
    if (line.startsWith("Documents:")) return url;
  }
  throw new Error("The server ended");
}
