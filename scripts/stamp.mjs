import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root folder. */
export const ROOT = fileURLToPath(new URL("..", import.meta.url));

const INPUTS = [
  "apps",
  "packages",
  "docs",
  "scripts/build.mjs",
  "scripts/build-packages.mjs",
  "tsconfig.base.json",
  "package.json",
  "package-lock.json",
];
const NOT_BUILT = new Set(["node_modules", "dist", "testing"]);

/** A hash of everything that a build reads: equal stamps mean equal output. */
export function sourceStamp(root = ROOT) {
  const hash = createHash("sha256");
  for (const file of INPUTS.flatMap((input) => filesOf(join(root, input)))) {
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update("\0");
  }
  return hash.digest("hex");
}

/** True when dist/ is the output of exactly these sources. */
export function isBuilt(root = ROOT) {
  const stamp = join(root, "dist/.stamp");
  return (
    existsSync(join(root, "dist/orcha.js")) &&
    existsSync(stamp) &&
    readFileSync(stamp, "utf8") === sourceStamp(root)
  );
}

/**
 * @param {string} path
 * @returns {string[]}
 */
function filesOf(path) {
  if (!existsSync(path)) return [];
  if (/\.[a-z]+$/.test(path)) return [path];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => !NOT_BUILT.has(entry.name) && !/\.test\.tsx?$/.test(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) =>
      entry.isDirectory() ? filesOf(join(path, entry.name)) : [join(path, entry.name)],
    );
}
