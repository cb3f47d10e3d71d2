import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/**
 * Bytes, those of the widget as they travel (gzip).
 *
 * @typedef {{ loader: number, frame: number, server: number }} Sizes
 * frame: all that a first open loads, in the language that is the longest; server: dist/ and the packages it loads at run
 * time
 */

const KB = 1024;
const MB = 1024 * KB;

/** @type {readonly { part: keyof Sizes, name: string, most: number, unit: number, unitName: string }[]} */
const BUDGETS = [
  { part: "loader", name: "widget loader (gzip)", most: 3 * KB, unit: KB, unitName: "KB" },
  { part: "frame", name: "widget frame (gzip)", most: 24 * KB, unit: KB, unitName: "KB" },
  { part: "server", name: "server with its packages", most: 40 * MB, unit: MB, unitName: "MB" },
];

/**
 * Measures what was built.
 *
 * @param {string} root
 * @returns {Sizes}
 */
export function measureSizes(root) {
  const widget = join(root, "dist/widget");
  const read = (/** @type {string} */ file) => readFileSync(join(widget, file), "utf8");
  /** @type {{ script: string, locales: string[] }} */
  const { script, locales } = JSON.parse(read("manifest.json"));
  const documents = locales.map((locale) =>
    gzipped(read("frame.html").replace("{{config}}", () => read(`locales/${locale}.json`))),
  );
  return {
    loader: gzipped(read("aura.js")),
    frame: Math.max(...documents) + gzipped(read(`assets/${script}`)),
    server: bytesOf(join(root, "dist")) + productionBytes(root),
  };
}

/**
 * The budgets that are exceeded, a line each.
 *
 * @param {Sizes} sizes
 */
export function sizeProblems(sizes) {
  return BUDGETS.filter(({ part, most }) => sizes[part] > most).map(
    ({ part, name, most, unit, unitName }) =>
      `${name}: ${(sizes[part] / unit).toFixed(2)} ${unitName}, at most ${most / unit} ${unitName}`,
  );
}

/** @param {string} text */
function gzipped(text) {
  return gzipSync(text, { level: 9 }).length;
}

/**
 * What `npm ci --omit=dev` would put into node_modules here.
 *
 * @param {string} root
 */
function productionBytes(root) {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  return Object.entries(packages)
    .filter(([path, entry]) => path.startsWith("node_modules/") && !entry.link && !entry.dev)
    .reduce((sum, [path]) => sum + bytesOf(join(root, path)), 0);
}

/**
 * @param {string} path
 * @returns {number}
 */
function bytesOf(path) {
  if (!existsSync(path)) return 0;
  if (!statSync(path).isDirectory()) return statSync(path).size;
  return readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0);
}
