import { probe, USABLE } from "./probe.mjs";
import { BLANK } from "./subjects.mjs";
import { Traffic } from "./traffic.mjs";

/**
 * One visitor: loads the page, reads it when it is quiet, clicks on the launcher and types once there is a field for it.
 *
 * @typedef {import("./traffic.mjs").Load} Load
 * @typedef {{
 *   onLoad: Load,
 *   firstOpen: Load,
 *   inputMs: number,
 *   longTaskMs: number,
 *   layoutShift: number,
 *   heapMb: number,
 * }} Visit
 * firstOpen: with what came on load; longTaskMs: the longest before the click, 0 where none took 50 ms
 *
 * @typedef {{
 *   subject: import("./subjects.mjs").Subject,
 *   url: string,
 *   ownOrigins: readonly string[],
 *   prepared: boolean,
 *   slowdown: number,
 *   onlyGzip: boolean,
 * }} Plan
 */

const VIEWPORT = { width: 1280, height: 800 };
/** Within every launcher at the bottom right, also those of a closed shadow root. */
const LAUNCHER = { x: VIEWPORT.width - 45, y: VIEWPORT.height - 45 };
const KEY = { key: "a", code: "KeyA", windowsVirtualKeyCode: 65 };
const PATIENCE_MS = 20_000;
/** Nobody clicks while the browser is still busy with a page that just came. */
const READING_MS = 1_500;

/**
 * @param {import("playwright-core").Browser} browser
 * @param {Plan} plan
 * @returns {Promise<Visit>}
 */
export async function visit(browser, { subject, url, ownOrigins, prepared, slowdown, onlyGzip }) {
  const context = await browser.newContext({ viewport: VIEWPORT });
  try {
    const { takesFocus } = subject;
    await context.addInitScript(probe, { takesFocus, savesData: !prepared, usable: USABLE });
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send("Network.enable");
    if (onlyGzip) {
      await session.send("Network.setExtraHTTPHeaders", { headers: { "Accept-Encoding": "gzip" } });
    }
    await session.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
    const traffic = new Traffic(session, url);

    await page.goto(url);
    await traffic.quiet();
    const onLoad = traffic.sum(ownOrigins);

    if (prepared) await prepare(page, subject, traffic);
    await new Promise((resolve) => setTimeout(resolve, READING_MS));
    if (subject !== BLANK) await openAndType(page, session);
    // What is loaded because something was typed is no part of opening.
    const firstOpen = traffic.sum(ownOrigins);
    await traffic.quiet();

    const seen = await readProbes(page);
    await session.send("Emulation.setCPUThrottlingRate", { rate: 1 });
    return {
      onLoad,
      firstOpen,
      ...figuresOf(seen),
      heapMb: await heapMb(session),
    };
  } finally {
    await context.close();
  }
}

/**
 * Waits until the frame could be used, were it shown.
 *
 * @param {import("playwright-core").Page} page
 * @param {import("./subjects.mjs").Subject} subject
 * @param {Traffic} traffic
 */
async function prepare(page, { preparation }, traffic) {
  if (preparation === "hover") await page.mouse.move(LAUNCHER.x, LAUNCHER.y);
  // Not by waitForSelector, whose own script in the frame would count as heap.
  const isReady = (/** @type {import("playwright-core").Frame} */ frame) =>
    frame.evaluate(() => document.querySelector("textarea") !== null).catch(() => false);
  const started = performance.now();
  const frames = () => page.frames().filter((frame) => frame !== page.mainFrame());
  while (!(await Promise.all(frames().map(isReady))).includes(true)) {
    if (performance.now() - started > PATIENCE_MS) throw new Error("Nothing was prepared");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await traffic.quiet();
}

/**
 * Nothing is typed before the chat can take it: keys come before all else a browser has to do, and would slow the start
 * that is measured.
 *
 * @param {import("playwright-core").Page} page
 * @param {import("playwright-core").CDPSession} session
 */
async function openAndType(page, session) {
  const usable = page.waitForEvent("console", {
    predicate: (message) => message.text() === USABLE,
    timeout: PATIENCE_MS,
  });
  await Promise.all([usable, page.mouse.click(LAUNCHER.x, LAUNCHER.y)]);
  await session.send("Input.dispatchKeyEvent", { ...KEY, type: "keyDown", text: KEY.key });
  await session.send("Input.dispatchKeyEvent", { ...KEY, type: "keyUp" });
  const started = performance.now();
  while (!(await readProbes(page)).some(({ isTyped }) => isTyped)) {
    if (performance.now() - started > PATIENCE_MS) throw new Error("Nothing took what was typed");
  }
}

/**
 * @param {import("playwright-core").Page} page
 * @returns {Promise<import("./probe.mjs").Seen[]>} that of the page itself first
 */
function readProbes(page) {
  return Promise.all(
    page.frames().map((frame) => frame.evaluate(() => Reflect.get(window, "benchSeen"))),
  );
}

/** @param {readonly import("./probe.mjs").Seen[]} seen */
function figuresOf(seen) {
  const [host] = seen;
  const clickedAt = host?.clickedAt ?? Number.POSITIVE_INFINITY;
  const allUsableAt = seen.flatMap((frame) => frame.usableAt ?? []);
  const usableAt = Math.max(Math.min(...allUsableAt), host?.shownAt ?? 0);
  const before = seen.flatMap(({ longTasks }) => longTasks).filter(({ at }) => at < clickedAt);
  return {
    inputMs: usableAt - clickedAt,
    longTaskMs: Math.max(0, ...before.map(({ ms }) => ms)),
    layoutShift: host?.shift ?? 0,
  };
}

/**
 * What is left after collecting garbage, of the page and all frames of its process.
 *
 * @param {import("playwright-core").CDPSession} session
 */
async function heapMb(session) {
  await session.send("HeapProfiler.collectGarbage");
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  return usedSize / 2 ** 20;
}
