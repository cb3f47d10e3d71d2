import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { pinnedLoaders } from "../apps/widget/pinned-loaders.mjs";

/** A build of a loader, beside loaders that were released. */
async function setup(built: string, released: Record<string, string>) {
  const folder = await mkdtemp(join(tmpdir(), "loaders-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const outDir = join(folder, "out");
  const releasedDir = join(folder, "released");
  await Promise.all([outDir, releasedDir].map((path) => mkdir(path)));
  await writeFile(join(outDir, "aura.js"), built);
  await writeFile(join(releasedDir, "README.md"), "How a release puts its file here.");
  for (const [version, text] of Object.entries(released)) {
    await mkdir(join(releasedDir, version));
    await writeFile(join(releasedDir, version, "aura.js"), text);
  }
  return { outDir, build: (version: string) => pinnedLoaders(outDir, version, releasedDir) };
}

describe("the loaders that pages can pin", () => {
  it("are the built one and all that were released, the newest first, each with its hash", async () => {
    const { outDir, build } = await setup("new", { "0.9.0": "old", "0.10.0": "newer" });
    const { integrity, released } = await build("0.11.0");
    expect(integrity).toBe(
      "sha384-oQtuWMZdTbA7ICPQ0wcDbydp9VuhdkkSo0MLQoRb042nIb0DSe05+ibZ76lqtnU7",
    );
    expect(Object.keys(released)).toEqual(["0.10.0", "0.9.0"]);
    expect(released["0.9.0"]).not.toBe(released["0.10.0"]);
    expect(await readFile(join(outDir, "released/0.9.0/aura.js"), "utf8")).toBe("old");
  });

  it("are never built over: a released version keeps its bytes", async () => {
    const { build } = await setup("changed", { "0.9.0": "released" });
    await expect(build("0.9.0")).rejects.toThrow("raise the version");
    const same = await setup("released", { "0.9.0": "released" });
    expect((await same.build("0.9.0")).released["0.9.0"]).toBeDefined();
  });
});
