/**
 * @typedef {{ status: string, fullName: string }} TestResult
 * @typedef {{ name: string, status: string, message?: string, assertionResults: TestResult[] }} FileResult
 * @typedef {{ testResults: FileResult[] }} Report vitest's JSON report, as far as it is read
 * @typedef {{ passed: number, failed: number, skipped: number, problems: string[], skips: string[] }} Count
 */

/**
 * Counts a run. Whatever went wrong outside of a test counts as one failure more, so that no red run looks green.
 *
 * @param {Report | undefined} report undefined when the run ended before it was written
 * @param {number} exitCode vitest's own
 * @returns {Count}
 */
export function countTests(report, exitCode) {
  const files = report?.testResults ?? [];
  const tests = files.flatMap((file) => file.assertionResults);
  const brokenFiles = files.filter(
    (file) => file.status === "failed" && !file.assertionResults.some(isFailed),
  );
  const problems = brokenFiles.map((file) => `Failed outside of a test: ${file.name}`);
  let failed = tests.filter(isFailed).length + brokenFiles.length;
  const passed = tests.filter((test) => test.status === "passed").length;

  if (!report) problems.push("The test run ended without a report.");
  else if (passed + failed === 0) problems.push("No test ran.");
  else if (exitCode !== 0 && failed === 0) problems.push("An error happened outside of the tests.");
  if (failed === 0 && problems.length > 0) failed = 1;

  const skipped = tests.filter((test) => !isFailed(test) && test.status !== "passed");
  return { passed, failed, skipped: skipped.length, problems, skips: linesOf(skipped) };
}

/** @param {Count} counted */
export function summary({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/** @param {TestResult} test */
function isFailed(test) {
  return test.status === "failed";
}

/** @param {readonly TestResult[]} skipped */
function linesOf(skipped) {
  const shown = skipped.slice(0, 10).map((test) => `Skipped: ${test.fullName}`);
  return skipped.length > 10 ? [...shown, `… and ${skipped.length - 10} more`] : shown;
}
