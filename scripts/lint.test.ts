import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { ROOT } from "./stamp.mjs";

/** A folder with this repository's rules and the given files; runs a linter there and returns what it says. */
async function setup(files: Record<string, string>) {
  const folder = await mkdtemp(join(tmpdir(), "orcha-lint-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const name of ["biome.json", ".oxlintrc.json", "tsconfig.base.json", ".gitignore"]) {
    await copyFile(join(ROOT, name), join(folder, name));
  }
  const tsconfig = '{ "extends": "./tsconfig.base.json", "include": ["apps"] }';
  for (const [path, text] of Object.entries({ ...files, "tsconfig.json": tsconfig })) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const run = (program: string, ...args: string[]) =>
    new Promise<{ failed: boolean; output: string }>((resolve) => {
      const binary = join(ROOT, "node_modules/.bin", program);
      execFile(binary, args, { cwd: folder }, (error, stdout, stderr) =>
        resolve({ failed: error !== null, output: stdout + stderr }),
      );
    });
  return {
    biome: () => run("biome", "lint", "--colors=off"),
    oxlint: () => run("oxlint", "--type-aware", "--deny-warnings"),
  };
}

const FILE = "apps/server/src/turns/planted.ts";
const CLEAN = "export const answer: number = 42;\n";

describe("the linters", () => {
  it("are content with clean code", async () => {
    const { biome, oxlint } = await setup({ [FILE]: CLEAN });
    expect(await biome()).toMatchObject({ failed: false });
    expect(await oxlint()).toMatchObject({ failed: false });
  });

  it.each([
    ["the environment outside of main.ts", "export const a = process.env.A;\n", "noProcessEnv"],
    ["any", "export const a = (b: any) => b;\n", "noExplicitAny"],
    ["non-null assertions", "export const a = (b?: string) => b!.length;\n", "noNonNullAssertion"],
    ["default exports", "export default 42;\n", "noDefaultExport"],
  ])("object to %s", async (_, text, rule) => {
    const { biome } = await setup({ [FILE]: text });
    const { failed, output } = await biome();
    expect(failed).toBe(true);
    expect(output).toContain(rule);
  });

  it("let main.ts read the environment", async () => {
    const { biome } = await setup({
      "apps/server/src/main.ts": "export const a = process.env.A;\n",
    });
    expect(await biome()).toMatchObject({ failed: false });
  });

  it("object to imports that go round in a circle", async () => {
    const { biome } = await setup({
      "apps/server/src/turns/one.ts":
        'import { b } from "./two.ts";\nexport const a = (): number => b();\n',
      "apps/server/src/turns/two.ts":
        'import { a } from "./one.ts";\nexport const b = (): number => a();\n',
    });
    const { failed, output } = await biome();
    expect(failed).toBe(true);
    expect(output).toContain("noImportCycles");
  });

  it.each([
    ["a promise that nobody awaits", "Promise.resolve(1);", "no-floating-promises"],
    ["a promise taken for its value", "if (Promise.resolve(true)) {}", "no-misused-promises"],
    ["awaiting what is no promise", "export const a = await 42;", "await-thenable"],
  ])("object to %s", async (_, text, rule) => {
    const { oxlint } = await setup({ [FILE]: `${text}\nexport {};\n` });
    const { failed, output } = await oxlint();
    expect(failed).toBe(true);
    expect(output).toContain(rule);
  });
});
