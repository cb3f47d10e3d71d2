import { describe, expect, it } from "vitest";
import { findChromium } from "../scripts/system-programs.mjs";
import { readCorpus } from "./payloads/corpus.mjs";
import { countDoors } from "./support/content-doors.ts";
import { noFindings, watchContent } from "./support/content-watch.ts";
import { startFetchServer } from "./support/fetch-server.ts";
import { startLoggedBrowser } from "./support/net-log.ts";
import { runPayloads } from "./support/run-payloads.ts";

describe.skipIf(!findChromium())("hostile content in Chromium", () => {
  /** Of each family the half; the measurement of R14 takes them all. */
  const corpus = readCorpus().filter((_, index) => index % 2 === 0);

  it("neither runs nor fetches anything, and becomes nothing but text and safe links", async () => {
    expect(new Set(corpus.map(({ text }) => text)).size).toBeGreaterThanOrEqual(350);
    expect(countDoors()).toBeGreaterThanOrEqual(15);
    expect(await runPayloads(corpus)).toEqual(noFindings());
  }, 300_000);

  it("would be seen if it ran, fetched, was stopped by the policy or became an element", async () => {
    const html = `<script>alert(/script-1/);console.log("script-2");__pwned=/script-3/;throw Error("script-4")</script>
      <img src="https://img-1.canary.example/"><link rel="prefetch" href="https://prefetch-1.canary.example/">
      <div class="prose"><p id="config">x</p><a href="javascript:1">x</a><a href="https://a.example/">x</a></div>`;
    await using server = await startFetchServer(
      () =>
        new Response(`<meta charset="utf-8"><body>${html}`, {
          headers: {
            "Content-Type": "text/html",
            "Content-Security-Policy": "font-src 'none'; style-src 'none'",
          },
        }),
    );
    const findings = noFindings();
    const { browser, close } = await startLoggedBrowser();
    const context = await browser.newContext();
    await watchContent(context, server.url, findings);
    const page = await context.newPage();
    await page.goto(`${server.url}/widget/frame`);
    await page.evaluate(() => document.body.setAttribute("style", "color:red"));
    await expect.poll(() => findings.violations.length).toBeGreaterThan(0);
    const looked = await close();

    expect(findings.executions.join()).toMatch(/script-1.*script-2.*script-3.*script-4/s);
    expect(looked).toEqual(
      expect.arrayContaining(["img-1.canary.example", "prefetch-1.canary.example"]),
    );
    for (const stray of ["<img", "<link", 'id="config"', "javascript:1", "https://a.example/"]) {
      expect(findings.strays).toContainEqual(expect.stringContaining(stray));
    }
  });
});
