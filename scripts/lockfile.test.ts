import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { completeLockfile, lockfileProblem } from "./lockfile.mjs";
import { ROOT } from "./stamp.mjs";

const incomplete = {
  packages: {
    "node_modules/tool": {
      version: "1.0.0",
      dev: true,
      optionalDependencies: { "@tool/darwin-arm64": "1.0.0", "@tool/linux-x64-musl": "1.0.0" },
    },
  },
};

describe("the lockfile", () => {
  it("names the packages of every platform, or npm ci refuses it", () => {
    const lockfile = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8"));
    expect(lockfileProblem(lockfile)).toBe("");
  });

  it("is seen to be incomplete", () => {
    expect(lockfileProblem(incomplete)).toContain("2 platform packages");
  });

  it("is completed with what npm needs to know to leave a package out", () => {
    const completed = completeLockfile(incomplete);
    expect(lockfileProblem(completed)).toBe("");
    expect(completed.packages["node_modules/@tool/linux-x64-musl"]).toEqual({
      version: "1.0.0",
      dev: true,
      optional: true,
      os: ["linux"],
      cpu: ["x64"],
      libc: ["musl"],
    });
  });
});
