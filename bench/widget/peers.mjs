import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../scripts/stamp.mjs";

/** What AURA is compared with, and the file that each one's own documentation puts on a page. */
export const PEERS = {
  "flowise-embed": { version: "3.1.6", bundle: "dist/web.js" },
  "deep-chat": { version: "2.4.2", bundle: "dist/deepChat.bundle.js" },
};

/** Out of the project: nobody who only builds or tests it should have to load the peers. */
const FOLDER = join(ROOT, "node_modules/.cache/orcha/peers");

/**
 * The peers' published bundles; installs what is missing.
 *
 * @returns {Record<keyof typeof PEERS, Buffer>}
 */
export function peerBundles() {
  const wanted = Object.entries(PEERS).map(([name, { version }]) => `${name}@${version}`);
  if (Object.entries(PEERS).some(([name, { version }]) => installedVersion(name) !== version)) {
    console.log(`Installing ${wanted.join(" and ")} …`);
    mkdirSync(FOLDER, { recursive: true });
    const flags = ["--prefix", FOLDER, "--ignore-scripts", "--no-save", "--no-audit"];
    execFileSync("npm", ["install", ...flags, ...wanted], {
      stdio: ["ignore", "ignore", "inherit"],
    });
  }
  return {
    "flowise-embed": readBundle("flowise-embed"),
    "deep-chat": readBundle("deep-chat"),
  };
}

/** @param {keyof typeof PEERS} name */
function readBundle(name) {
  return readFileSync(join(FOLDER, "node_modules", name, PEERS[name].bundle));
}

/** @param {string} name */
function installedVersion(name) {
  const file = join(FOLDER, "node_modules", name, "package.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).version : undefined;
}
