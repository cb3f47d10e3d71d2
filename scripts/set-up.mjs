import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./stamp.mjs";

const OLDEST_NODE = [20, 19];

/** Ends the process with one clear line when Node is too old to run what follows. */
export function requireNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  console.error(
    `ORCHA needs Node ${OLDEST_NODE.join(".")} or newer, this is ${version}. See https://nodejs.org`,
  );
  process.exit(1);
}

/**
 * Installs exactly what the lockfile names, unless it is there already.
 *
 * @param {{ production: boolean }} needed production: what the built server loads is enough
 */
export function ensureInstalled({ production }) {
  if (isInstalled({ production })) return;
  console.log("Installing the dependencies (npm ci) …");
  // No package here needs an install script, so none gets to run one.
  const npm = spawnSync("npm", ["ci", "--ignore-scripts", "--no-progress", "--loglevel=error"], {
    cwd: ROOT,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (npm.status === 0) return;
  console.error(
    `npm ci failed${npm.error ? `: ${npm.error.message}` : ""}. Its reason stands above.`,
  );
  process.exit(1);
}

/**
 * True when node_modules holds what the lockfile names.
 *
 * @param {{ production: boolean }} needed
 * @returns {boolean}
 */
export function isInstalled({ production }, root = ROOT) {
  // npm writes down what it has put into node_modules in the lockfile's own form.
  const installed = packagesIn(join(root, "node_modules/.package-lock.json"));
  if (!installed) return false;
  const wanted = packagesIn(join(root, "package-lock.json")) ?? {};
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith("node_modules/") || entry.link) return true;
    if (production && (entry.dev || entry.devOptional)) return true;
    const there = installed[path];
    // What is optional is left out where it does not fit the platform.
    return there ? there.version === entry.version : entry.optional === true;
  });
}

/**
 * @typedef {{ version?: string, link?: boolean, dev?: boolean, devOptional?: boolean, optional?: boolean }} LockEntry
 * @param {string} file
 * @returns {Record<string, LockEntry> | undefined}
 */
function packagesIn(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).packages : undefined;
}

/** Builds what is stale, in a process of its own so that the bundler's memory is gone afterwards. */
export function ensureBuilt() {
  const build = spawnSync(process.execPath, [join(ROOT, "scripts/build.mjs")], {
    stdio: "inherit",
  });
  if (build.status === 0) return;
  console.error("The build failed. Its reason stands above.");
  process.exit(1);
}
