import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { ROOT } from "../scripts/stamp.mjs";
import { findChromium } from "../scripts/system-programs.mjs";
import { conditions } from "./conditions.mjs";
import { startOrcha } from "./processes.mjs";
import { peerBundles } from "./widget/peers.mjs";
import { goalsOf, printReport, spread, summarize } from "./widget/report.mjs";
import { startSite } from "./widget/site.mjs";
import { BARE_FRAME_HTML, BLANK, pageOf, SUBJECTS } from "./widget/subjects.mjs";
import { visit } from "./widget/visit.mjs";

/**
 * What AURA costs the page that embeds it and how soon a visitor can write, beside two peers and a frame that holds a
 * text field and nothing else. All stand on the same page, in one browser, in turn, so that whatever else the machine
 * does meets all alike; figures are medians over the rounds, each in a browser profile of its own.
 *
 * @typedef {import("./widget/visit.mjs").Visit} Visit
 * @typedef {import("./widget/report.mjs").Results} Results
 */

const ROUNDS = 9;
/** How many times slower than this machine the visitor's is. */
const SLOWDOWN = 4;

/** How busy others keep the machine: times are worth something only where that is close to 0. */
const load = Math.round((loadavg()[0] ?? 0) * 10) / 10;
if (load > 1) console.warn(`The machine is busy (load ${load}): times will be too long.`);

const executablePath = findChromium();
if (!executablePath) throw new Error("Chromium is missing; set CHROMIUM_PATH.");
mkdirSync(join(ROOT, "data"), { recursive: true });
const folder = mkdtempSync(join(ROOT, "data/bench-"));
const files = filesOfPeers();
const chatSite = await startSite(() => ({ type: "text/html", content: BARE_FRAME_HTML }));
const site = await startSite(findFile);
const orcha = await startOrcha(folder, site.origin);
const browser = await chromium.launch({
  executablePath,
  chromiumSandbox: false,
  // Whatever asks for another host gets no answer, and nothing stands between the browser and the servers measured.
  args: [
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
  ],
});
try {
  const results = await measure();
  const file = join(ROOT, "bench/results/widget.json");
  writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`);
  printReport(results.widgets, results.goals);
  process.exitCode = results.goals.every(({ met }) => met) ? 0 : 1;
} finally {
  await browser.close();
  await orcha.stop();
  site.stop();
  chatSite.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** @returns {Promise<Results>} */
async function measure() {
  const blank = [];
  const plans = SUBJECTS.map((subject) => ({
    subject,
    cold: /** @type {Visit[]} */ ([]),
    prepared: /** @type {Visit[]} */ ([]),
  }));
  for (const { subject } of plans) await look(subject, false, 1);
  for (let round = 1; round <= ROUNDS; round += 1) {
    console.log(`Round ${round} of ${ROUNDS}`);
    blank.push(await look(BLANK, false));
    for (const { subject, cold, prepared } of plans) {
      cold.push(await look(subject, false));
      if (subject.preparation) prepared.push(await look(subject, true));
    }
  }
  const blankHeapMb = spread(
    blank.map(({ heapMb }) => heapMb),
    3,
  ).median;
  const widgets = [];
  for (const { subject, ...visits } of plans) {
    const gzip = await look(subject, false, 1, true);
    widgets.push(summarize(subject, { ...visits, gzip }, blankHeapMb));
  }
  const aura = widgets.find(({ name }) => name === "AURA");
  const bareFrame = widgets.find(({ name }) => name === "bare frame");
  if (!aura || !bareFrame) throw new Error("AURA or the bare frame is not among the subjects");
  return {
    ...conditions(),
    load,
    chromium: browser.version(),
    slowdown: SLOWDOWN,
    rounds: ROUNDS,
    widgets,
    goals: goalsOf(aura, bareFrame),
  };
}

/**
 * @param {import("./widget/subjects.mjs").Subject} subject
 * @param {boolean} prepared
 */
function look(subject, prepared, slowdown = SLOWDOWN, onlyGzip = false) {
  const url = `${site.origin}${pathOf(subject, prepared)}`;
  const ownOrigins = [site.origin, chatSite.origin, orcha.origin];
  return visit(browser, { subject, url, ownOrigins, prepared, slowdown, onlyGzip });
}

/** @param {string} path */
function findFile(path) {
  const bundle = files.get(path);
  if (bundle) return { type: "text/javascript", content: bundle };
  for (const subject of [BLANK, ...SUBJECTS]) {
    const prepared = path === pathOf(subject, true);
    if (!prepared && path !== pathOf(subject, false)) continue;
    const chat = subject.name === "AURA" ? orcha : chatSite;
    return { type: "text/html", content: pageOf(subject, site.origin, chat.origin, prepared) };
  }
  return undefined;
}

/**
 * @param {import("./widget/subjects.mjs").Subject} subject
 * @param {boolean} prepared
 */
function pathOf({ name }, prepared) {
  return `/${encodeURIComponent(name)}${prepared ? "/prepared" : ""}`;
}

function filesOfPeers() {
  return new Map(Object.entries(peerBundles()).map(([name, bundle]) => [`/${name}.js`, bundle]));
}
