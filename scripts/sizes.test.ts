import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { measureSizes, sizeProblems } from "./sizes.mjs";
import { ROOT } from "./stamp.mjs";

/** A built tree of small files, in a folder of its own. */
async function setup() {
  const root = await mkdtemp(join(tmpdir(), "orcha-sizes-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const widget = join(root, "dist/widget");
  await mkdir(join(widget, "assets"), { recursive: true });
  await mkdir(join(widget, "locales"));
  await mkdir(join(root, "node_modules/libsql"), { recursive: true });
  const manifest = {
    version: "1.0.0",
    script: "frame-1.js",
    locales: ["ar", "en"],
  };
  const packages = { "node_modules/libsql": {}, "node_modules/esbuild": { dev: true } };
  await writeFile(join(root, "package-lock.json"), JSON.stringify({ packages }));
  await writeFile(join(widget, "manifest.json"), JSON.stringify(manifest));
  await writeFile(join(widget, "frame.html"), "{{config}}");
  for (const file of ["aura.js", "assets/frame-1.js", "locales/ar.json", "locales/en.json"]) {
    await writeFile(join(widget, file), "small");
  }
  return {
    problems: () => sizeProblems(measureSizes(root)),
    /** Text that compression makes no smaller than this many bytes, and an eighth more at most. */
    grow: (file: string, bytes: number) =>
      writeFile(join(root, file), randomBytes(bytes).toString("hex")),
    growSparsely: (file: string, bytes: number) =>
      writeFile(join(root, file), "").then(() => truncate(join(root, file), bytes)),
  };
}

describe("the size budgets", () => {
  it("hold for what was built from this repository", () => {
    expect(sizeProblems(measureSizes(ROOT))).toEqual([]);
  });

  it("are content with small files", async () => {
    const { problems } = await setup();
    expect(problems()).toEqual([]);
  });

  it("object to a loader above 3 KB", async () => {
    const { problems, grow } = await setup();
    await grow("dist/widget/aura.js", 3_100);
    expect(problems()).toEqual([expect.stringContaining("widget loader")]);
  });

  it("object to a frame above 24 KB, with the words of its longest language", async () => {
    const { problems, grow } = await setup();
    await grow("dist/widget/assets/frame-1.js", 14_000);
    for (const locale of ["ar", "en"]) await grow(`dist/widget/locales/${locale}.json`, 7_000);
    expect(problems()).toEqual([]);
    await grow("dist/widget/locales/ar.json", 12_000);
    expect(problems()).toEqual([expect.stringContaining("widget frame")]);
  });

  it("object to a server above 40 MB, its packages included", async () => {
    const { problems, growSparsely } = await setup();
    await growSparsely("dist/orcha.js", 20 * 2 ** 20);
    await growSparsely("node_modules/libsql/index.node", 21 * 2 ** 20);
    expect(problems()).toEqual([expect.stringContaining("server")]);
  });
});
