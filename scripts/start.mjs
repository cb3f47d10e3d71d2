import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ensureBuilt, ensureInstalled, requireNode } from "./set-up.mjs";
import { isBuilt, ROOT } from "./stamp.mjs";

requireNode();
if (isBuilt()) {
  ensureInstalled({ production: true });
} else {
  ensureInstalled({ production: false });
  console.log("Building …");
  ensureBuilt();
}

// The server runs in this very process: signals reach it and its exit code is ours.
const server = join(ROOT, "dist/orcha.js");
process.argv = [process.execPath, server, "serve", "--demo", ...process.argv.slice(2)];
await import(pathToFileURL(server).href);
