import { createHash } from "node:crypto";
import { cp, readdir, readFile } from "node:fs/promises";
import path from "node:path";

/**
 * The hashes of what is served under a version of its own: the loader in `outDir`, and those that were released before it,
 * which are copied there. A page that names a version and its hash must never get other bytes, so no other loader is built
 * under a version that was released.
 *
 * @param {string} outDir
 * @param {string} version
 * @param {string} releasedDir a folder for each version
 */
export async function pinnedLoaders(outDir, version, releasedDir) {
  const integrity = integrityOf(await readFile(path.join(outDir, "aura.js")));
  const entries = await readdir(releasedDir, { withFileTypes: true });
  /** @type {Record<string, string>} */
  const released = {};
  for (const { name } of entries.filter((entry) => entry.isDirectory()).sort(newestFirst)) {
    const file = path.join(releasedDir, name, "aura.js");
    released[name] = integrityOf(await readFile(file));
    await cp(file, path.join(outDir, "released", name, "aura.js"));
  }
  if (released[version] && released[version] !== integrity) {
    throw new Error(`The released loader of ${version} was another one: raise the version.`);
  }
  return { integrity, released };
}

/**
 * @param {{ name: string }} one
 * @param {{ name: string }} other
 */
function newestFirst(one, other) {
  return other.name.localeCompare(one.name, "en", { numeric: true });
}

/** @param {Uint8Array} bytes */
function integrityOf(bytes) {
  return `sha384-${createHash("sha384").update(bytes).digest("base64")}`;
}
