import { probe, TYPED } from "./probe.mjs";
import { BLANK } from "./subjects.mjs";
import { Traffic } from "./traffic.mjs";

/**
 * One visitor: loads the page, waits until it is quiet, clicks on the launcher and types until a character is taken.
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
const BETWEEN_KEYS_MS = 5;
const PATIENCE_MS = 20_000;

/**
 * @param {import("playwright-core").Browser} browser
 * @param {Plan} plan
 * @returns {Promise<Visit>}
 */
export async function visit(browser, { subject, url, ownOrigins, prepared, slowdown, onlyGzip }) {
  const context = await browser.newContext({ viewport: VIEWPORT });
  try {
    const { takesFocus } = subject;
    await context.addInitScript(probe, { takesFocus, savesData: !prepared, typed: TYPED });
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
 * Types as an impatient visitor would: from the click on, until something is taken.
 *
 * @param {import("playwright-core").Page} page
 * @param {import("playwright-core").CDPSession} session
 */
async function openAndType(page, session) {
  let isTyped = false;
  const typed = page
    .waitForEvent("console", {
      predicate: (message) => message.text() === TYPED,
      timeout: PATIENCE_MS,
    })
    .finally(() => {
      isTyped = true;
    });
  const typing = async () => {
    await page.mouse.click(LAUNCHER.x, LAUNCHER.y);
    while (!isTyped) {
      await session.send("Input.dispatchKeyEvent", { ...KEY, type: "keyDown", text: KEY.key });
      await session.send("Input.dispatchKeyEvent", { ...KEY, type: "keyUp" });
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_KEYS_MS));
    }
  };
  await Promise.all([typed, typing()]);
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
  const typedAt = seen.flatMap((frame) => frame.typedAt ?? []);
  const usableAt = Math.max(Math.min(...typedAt), host?.shownAt ?? 0);
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
