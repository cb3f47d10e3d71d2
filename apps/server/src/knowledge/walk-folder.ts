import type { Dirent, Stats } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { kindOf } from "./parsers/file-kinds.ts";

const MAX_FILE_BYTES = 20 * 1024 * 1024;

/** A file that can be indexed. */
export interface FoundFile {
  /** Its path below the folder, with slashes. */
  readonly source: string;
  readonly path: string;
  readonly size: number;
  /** Milliseconds; content, name or rights changed then at the latest. */
  readonly changedAt: number;
}

/** Something in the folder that is not indexed. */
export interface SkippedFile {
  readonly file: string;
  readonly reason: string;
}

export interface FolderContent {
  readonly files: readonly FoundFile[];
  /** Too large to be indexed. */
  readonly skipped: readonly SkippedFile[];
  /** Files and folders (ending in a slash) that could not be looked at: what is stored of them may still be right. */
  readonly unreadable: readonly SkippedFile[];
}

/**
 * Finds the files below a folder that can be indexed, ordered by name. Hidden ones and installed packages are left out;
 * links are followed, each folder once.
 * @throws when the folder itself cannot be read
 */
export async function walkFolder(folder: string): Promise<FolderContent> {
  const root = resolve(folder);
  const insidePackages = root.split(sep).includes("node_modules");
  const visited = new Set([await realpath(root)]);
  const files: FoundFile[] = [];
  const skipped: SkippedFile[] = [];
  const unreadable: SkippedFile[] = [];
  const waiting: { path: string; prefix: string; entries: Dirent[] }[] = [
    { path: root, prefix: "", entries: await readdir(root, { withFileTypes: true }) },
  ];

  for (let at = waiting.pop(); at; at = waiting.pop()) {
    for (const { name } of at.entries) {
      if (name.startsWith(".") || (name === "node_modules" && !insidePackages)) continue;
      const path = join(at.path, name);
      const source = `${at.prefix}${name}`;
      const found = await lookAt(path);
      if ("reason" in found) {
        if (kindOf(name)) unreadable.push({ file: source, reason: found.reason });
      } else if (found.isDirectory()) {
        await enter(path, `${source}/`);
      } else if (found.isFile() && kindOf(name)) {
        if (found.size > MAX_FILE_BYTES) {
          skipped.push({ file: source, reason: "it is larger than 20 MB" });
        } else {
          const changedAt = Math.round(Math.max(found.mtimeMs, found.ctimeMs));
          files.push({ source, path, size: found.size, changedAt });
        }
      }
    }
  }
  files.sort((a, b) => (a.source < b.source ? -1 : 1));
  return { files, skipped, unreadable };

  async function enter(path: string, prefix: string): Promise<void> {
    try {
      const real = await realpath(path);
      if (visited.has(real)) return;
      visited.add(real);
      waiting.push({ path, prefix, entries: await readdir(path, { withFileTypes: true }) });
    } catch (error) {
      unreadable.push({ file: prefix, reason: whyUnreadable(error) });
    }
  }
}

async function lookAt(path: string): Promise<Stats | { readonly reason: string }> {
  try {
    return await stat(path);
  } catch (error) {
    return { reason: whyUnreadable(error) };
  }
}

function whyUnreadable(error: unknown): string {
  const code = error instanceof Error && "code" in error ? ` (${error.code})` : "";
  return `it cannot be read${code}`;
}
