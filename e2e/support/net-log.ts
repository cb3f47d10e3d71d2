import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { CANARY } from "../payloads/corpus.mjs";
import { startBrowser } from "./browser.ts";

/** A browser that writes down all it does on the network, also what no page is told of, as prefetches. */
export interface LoggedBrowser {
  readonly browser: Browser;
  /** Ends the browser and tells the canaries that it has looked for. */
  close(): Promise<string[]>;
}

export async function startLoggedBrowser(): Promise<LoggedBrowser> {
  const folder = await mkdtemp(join(tmpdir(), "net-log-"));
  const file = join(folder, "log.json");
  const browser = await startBrowser(
    `--log-net-log=${file}`,
    // Nothing leaves the machine, whatever happens.
    `--host-resolver-rules=MAP *.${CANARY} ~NOTFOUND`,
  );
  return {
    browser,
    async close() {
      await browser.close();
      const log = await readFile(file, "utf8");
      await rm(folder, { recursive: true });
      return [...new Set(log.match(/[\w-]+\.canary\.example/g))];
    },
  };
}
