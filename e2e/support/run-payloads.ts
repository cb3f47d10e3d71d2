import type { Browser } from "playwright-core";
import type { Payload } from "../payloads/corpus.mjs";
import { type Findings, noFindings, watchContent } from "./content-watch.ts";
import { startLoggedBrowser } from "./net-log.ts";
import { partsOf } from "./parts-of.ts";
import { type Visit, visitFrame, visitHost } from "./payload-visits.ts";
import { type ScriptedServer, startScriptedServer } from "./scripted-server.ts";

const PER_PAGE = 48;
const PATIENCE_MS = 60_000;
const AT_ONCE = 2;

/** Puts every payload through every door of the real widget in a real browser, and tells what came of it. */
export async function runPayloads(payloads: readonly Payload[]): Promise<Findings> {
  const findings = noFindings();
  const logged = await startLoggedBrowser();
  const batches = partsOf(payloads, PER_PAGE);
  const jobs = [visitHost, visitFrame].flatMap((visit) =>
    batches.map((batch) => ({ visit, batch })),
  );
  const work = async () => {
    const server = await startScriptedServer();
    try {
      for (let job = jobs.shift(); job; job = jobs.shift()) {
        await run(job.visit, job.batch, logged.browser, server, findings);
      }
    } catch (error) {
      // What has been found says why; the others need not wait for the same.
      findings.broken.push(String(error));
      jobs.length = 0;
    } finally {
      await server[Symbol.asyncDispose]();
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  } finally {
    findings.requests.push(...(await logged.close()));
  }
  return findings;
}

async function run(
  visit: Visit,
  batch: readonly Payload[],
  browser: Browser,
  server: ScriptedServer,
  findings: Findings,
): Promise<void> {
  const context = await browser.newContext({
    viewport: { width: 640, height: 640 },
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(PATIENCE_MS);
  try {
    await watchContent(context, server.url, findings);
    await visit(context, server, batch);
  } finally {
    await context.close();
  }
}
