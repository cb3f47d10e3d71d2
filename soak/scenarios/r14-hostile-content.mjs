import { readCorpus } from "../../e2e/payloads/corpus.mjs";
import { atMost } from "../verdict.mjs";
import { loadPayloadRun } from "./payload-run.mjs";

/** At the small scale one of so many: e2e/payloads.test.ts puts many more through the same doors. */
const EVERY = { short: 40, full: 1 };

/** @type {import("../scenario.mjs").Scenario} */
export const nothingRunsOrIsFetched = {
  promise: "R14",
  name: "no script runs, nothing is fetched",
  engines: ["sqlite"],
  needsBrowser: true,
  async run(rig, { scale }) {
    const { runPayloads, countDoors } = await loadPayloadRun(rig.file(""));
    const payloads = readCorpus().filter((_, index) => index % EVERY[scale] === 0);
    const { executions, requests, violations, strays, broken } = await runPayloads(payloads);
    return {
      figures: {
        hostileTexts: payloads.length,
        familiesOfTexts: new Set(payloads.map(({ id }) => id.replace(/-\d+$/, ""))).size,
        doors: countDoors(),
        executions: executions.length,
        requestsOfTexts: requests.length,
        violations: violations.length,
        strays: strays.length,
        brokenVisits: broken.length,
      },
      limits: {
        hostileTexts: { atLeast: scale === "full" ? 350 : 15 },
        ...atMost(0, "executions", "requestsOfTexts", "violations", "strays", "brokenVisits"),
      },
      evidence: [...executions, ...requests, ...violations, ...strays, ...broken],
    };
  },
};
