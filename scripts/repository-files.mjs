import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

/** @typedef {{ path: string, text: string }} SourceFile path from the root, with slashes */

const TEXT = /\.(?:tsx?|mjs|json|md|css|html|sql|ya?ml|sh)$|^\.ci\/run$/;
const NOT_WRITTEN_BY_HAND = /^package-lock\.json$|^bench\/results\/|\.recorded\.|^CHANGELOG\.md$/;

/**
 * Every text that people of this repository wrote: what git knows or would know, all files where there is no git.
 *
 * @param {string} root
 * @returns {SourceFile[]}
 */
export function repositoryFiles(root) {
  const git = spawnSync("git", ["ls-files", "-co", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  });
  const paths = git.status === 0 ? git.stdout.trim().split("\n") : walk(root, root);
  return [...new Set(paths)]
    .filter((path) => TEXT.test(path) && !NOT_WRITTEN_BY_HAND.test(path))
    .filter((path) => existsSync(join(root, path)))
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {string[]}
 */
function walk(root, folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !["node_modules", "dist", "data", ".git"].includes(entry.name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? walk(root, path) : [relative(root, path).split(sep).join("/")];
    });
}
