import { posix } from "node:path";

/**
 * @typedef {{ line: number, typeOnly: boolean, target: string }} Import
 * target: a path from the root for the repository's own files, `npm:name/…` for packages, `node:name` for Node's own
 */

const STATIC =
  /^[ \t]*(?:import(?<importType>\s+type\b)?\s*(?:[\w*{}\s,$]*?\bfrom\s*)?|export(?<exportType>\s+type\b)?\s*[\w*{}\s,$]*?\bfrom\s*)["'](?<specifier>[^"']+)["']/gm;
const DYNAMIC = /\bimport\(\s*["'](?<specifier>[^"']+)["']/g;

/**
 * What a file imports, lazily or not. Reads the text, since TypeScript 7 offers no parser to scripts; the formatter
 * keeps imports in the shape that is read here.
 *
 * @param {import("./repository-files.mjs").SourceFile} file
 * @returns {Import[]}
 */
export function importsOf({ path, text }) {
  return [...text.matchAll(STATIC), ...text.matchAll(DYNAMIC)].map((match) => ({
    line: text.slice(0, match.index).split("\n").length,
    typeOnly: Boolean(match.groups?.importType ?? match.groups?.exportType),
    target: resolve(path, match.groups?.specifier ?? ""),
  }));
}

/**
 * @param {string} from
 * @param {string} specifier
 */
function resolve(from, specifier) {
  if (specifier.startsWith(".")) return posix.join(posix.dirname(from), specifier);
  if (specifier.startsWith("node:")) return specifier;
  const own = /^@orcha\/(contract|client|server|widget|react|vue|web-component)(?:\/(.+))?$/.exec(
    specifier,
  );
  if (!own) return `npm:${specifier}`;
  const folder = own[1] === "server" ? "apps" : "packages";
  return `${folder}/${own[1]}/src/${own[2] ?? "index"}.ts`;
}
