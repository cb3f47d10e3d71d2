import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** A piece of code of a page that says it can be run: ```` ```sh run ```` or ```` ```js run ````. */
export interface DocsBlock {
  readonly language: "sh" | "js";
  readonly code: string;
}

/** The pieces of a page that can be run, in its order. */
export async function readBlocks(page: string): Promise<readonly DocsBlock[]> {
  const text = await readFile(join(ROOT, "docs", page), "utf8");
  return [...text.matchAll(/^```(sh|js) run\n(.*?)^```$/gms)].map(([, language, code = ""]) => ({
    language: language === "js" ? "js" : "sh",
    code,
  }));
}

/** Runs the commands of a block one after the other, as somebody would who stands in the repository. */
export async function runShell(code: string, folder: string, dataDir: string): Promise<string> {
  const commands = code.replaceAll("node dist/orcha.js", `node ${join(ROOT, "dist/orcha.js")}`);
  const { PATH = "" } = process.env;
  const child = spawn("bash", ["-euo", "pipefail", "-c", commands], {
    cwd: folder,
    env: { PATH, ORCHA_DATA_DIR: dataDir },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (piece) => {
      output += piece;
    });
  }
  await once(child, "close");
  if (child.exitCode !== 0) throw new Error(`${code}\nended with ${child.exitCode}:\n${output}`);
  return output;
}

/** Loads the functions of a block, with the server of the test in the place of the documentation's. */
export async function loadModule<Functions>(
  code: string,
  folder: string,
  url: string,
): Promise<Functions> {
  const file = join(folder, `block-${code.length}.mjs`);
  await writeFile(file, code.replaceAll("https://chat.example.com", url));
  return await import(pathToFileURL(file).href);
}
