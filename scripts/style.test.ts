import { describe, expect, it } from "vitest";
import { repositoryFiles } from "./repository-files.mjs";
import { ROOT } from "./stamp.mjs";
import { styleProblems } from "./style.mjs";

describe("the style budget", () => {
  it("holds in this repository", () => {
    expect(styleProblems(repositoryFiles(ROOT))).toEqual([]);
  });

  it("objects to a file that is too long, unless it is a test", () => {
    const text = "const a = 1;\n".repeat(201);
    expect(styleProblems([{ path: "apps/server/src/turns/long.ts", text }])).toHaveLength(1);
    expect(styleProblems([{ path: "apps/server/src/turns/long.test.ts", text }])).toEqual([]);
  });

  it.each(["apps/server/src/utils/a.ts", "packages/client/src/helpers.ts", "bench/common.mjs"])(
    "objects to the name %s",
    (path) => {
      expect(styleProblems([{ path, text: "" }])).toHaveLength(1);
    },
  );

  it.each([
    [`// ${"TO"}DO: later`, "finish it"],
    [`const path = "${"/home"}/ada/orcha";`, "somebody's machine"],
    [`see ${"../"}shared/plan.md`, "outside of the repository"],
    [`${"<".repeat(7)} HEAD`, "merge conflict"],
  ])("objects to the words %s", (text, why) => {
    expect(styleProblems([{ path: "docs/guide.md", text }]).join()).toContain(why);
  });
});
