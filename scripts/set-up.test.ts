import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { isInstalled } from "./set-up.mjs";
import { isBuilt, sourceStamp } from "./stamp.mjs";

async function setup() {
  const root = await mkdtemp(join(tmpdir(), "orcha-set-up-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  };
  return { root, write };
}

const LOCKED = {
  "node_modules/libsql": { version: "1.0.0" },
  "node_modules/esbuild": { version: "2.0.0", dev: true },
  "node_modules/@libsql/other-platform": { version: "1.0.0", optional: true },
  "node_modules/@orcha/server": { link: true },
};
const lockfile = (packages: object) => JSON.stringify({ packages });

describe("the check of what is installed", () => {
  const installedAs = async (packages: object, production: boolean) => {
    const { root, write } = await setup();
    await write("package-lock.json", lockfile(LOCKED));
    await write("node_modules/.package-lock.json", lockfile(packages));
    return isInstalled({ production }, root);
  };
  const { "node_modules/libsql": libsql, "node_modules/esbuild": esbuild } = LOCKED;

  it("is content with all that fits the platform", async () => {
    const packages = { "node_modules/libsql": libsql, "node_modules/esbuild": esbuild };
    expect(await installedAs(packages, false)).toBe(true);
  });

  it("wants the build's packages only when something is to be built", async () => {
    expect(await installedAs({ "node_modules/libsql": libsql }, true)).toBe(true);
    expect(await installedAs({ "node_modules/libsql": libsql }, false)).toBe(false);
  });

  it("objects to another version than the lockfile's, and to nothing at all", async () => {
    expect(await installedAs({ "node_modules/libsql": { version: "0.9.0" } }, true)).toBe(false);
    const { root, write } = await setup();
    await write("package-lock.json", lockfile(LOCKED));
    expect(isInstalled({ production: true }, root)).toBe(false);
  });
});

describe("the check of what is built", () => {
  async function built() {
    const { root, write } = await setup();
    await write("apps/server/src/main.ts", "main();");
    await write("docs/embed.md", "# Embed");
    await write("dist/orcha.js", "main();");
    await write("dist/.stamp", sourceStamp(root));
    return { root, write };
  }

  it("takes an unchanged tree as built", async () => {
    const { root } = await built();
    expect(isBuilt(root)).toBe(true);
  });

  it.each(["apps/server/src/main.ts", "apps/server/src/other.ts", "docs/embed.md"])(
    "sees a change of %s",
    async (path) => {
      const { root, write } = await built();
      await write(path, "changed");
      expect(isBuilt(root)).toBe(false);
    },
  );

  it("does not build again for a test", async () => {
    const { root, write } = await built();
    await write("apps/server/src/main.test.ts", "changed");
    expect(isBuilt(root)).toBe(true);
  });

  it("builds again when the output is gone", async () => {
    const { root } = await built();
    await rm(join(root, "dist/orcha.js"));
    expect(isBuilt(root)).toBe(false);
  });
});
