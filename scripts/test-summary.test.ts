import { describe, expect, it } from "vitest";
import { countTests, summary } from "./test-summary.mjs";

const file = (status: string, ...tests: string[]) => ({
  name: "some.test.ts",
  status,
  assertionResults: tests.map((test) => ({ status: test, fullName: "does something" })),
});
const lastLine = (files: ReturnType<typeof file>[] | undefined, exitCode: number) =>
  summary(countTests(files && { testResults: files }, exitCode));

describe("the last line of npm test", () => {
  it("counts what passed and failed", () => {
    expect(lastLine([file("failed", "passed", "failed"), file("passed", "passed")], 1)).toBe(
      "2 passed, 1 failed",
    );
  });

  it("names skipped tests only when there are some", () => {
    expect(lastLine([file("passed", "passed", "pending", "todo")], 0)).toBe(
      "1 passed, 0 failed, 2 skipped",
    );
  });

  it("counts a file that does not load as a failure", () => {
    expect(lastLine([file("failed"), file("passed", "passed")], 1)).toBe("1 passed, 1 failed");
  });

  it("is red when no test ran, the run crashed or an error happened between tests", () => {
    expect(lastLine([], 0)).toBe("0 passed, 1 failed");
    expect(lastLine(undefined, 0)).toBe("0 passed, 1 failed");
    expect(lastLine([file("passed", "passed")], 1)).toBe("1 passed, 1 failed");
  });
});
