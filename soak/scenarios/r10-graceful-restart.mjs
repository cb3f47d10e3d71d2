import { atMost } from "../verdict.mjs";
import { drain, outliveDrain } from "./draining.mjs";
import { rollingRestarts } from "./rolling-restarts.mjs";

const RESTARTS = { short: 4, full: 50 };
const ROUNDS = { short: 1, full: 10 };
const ANSWERS = 10;
const NOT_READY_WITHIN_MS = { short: 3_000, full: 250 };

/** @type {import("../scenario.mjs").Scenario} */
export const restartsAreGraceful = {
  promise: "R10",
  name: "a restart costs no answer",
  engines: ["sqlite", "postgres"],
  async run(rig, { engine, scale }) {
    const drained = { running: 0, unfinished: 0, accepted: 0, notReadyMs: 0, badExits: 0 };
    const cut = { cut: 0, notKept: 0, notResumed: 0, notRunAgain: 0, badExits: 0 };
    /** @type {string[]} */
    const evidence = [];
    for (let round = 0; round < ROUNDS[scale]; round += 1) {
      const [finishing, outliving] = await Promise.all([
        drain(rig, engine, ANSWERS),
        outliveDrain(rig, engine, ANSWERS),
      ]);
      add(drained, finishing.figures);
      add(cut, outliving.figures);
      evidence.push(...finishing.evidence, ...outliving.evidence);
    }
    const isRolling = engine === "postgres";
    const rolling = isRolling ? await rollingRestarts(rig, RESTARTS[scale]) : undefined;
    return {
      figures: {
        ...drained,
        ...cut,
        badExits: drained.badExits + cut.badExits + (rolling?.badExits ?? 0),
        ...rolling?.figures,
      },
      limits: {
        running: { atLeast: ANSWERS * ROUNDS[scale] },
        cut: { atLeast: ANSWERS * ROUNDS[scale] },
        ...atMost(NOT_READY_WITHIN_MS[scale], "notReadyMs"),
        ...atMost(0, "unfinished", "accepted", "notKept", "notResumed", "notRunAgain", "badExits"),
        ...(isRolling && {
          restarts: { atLeast: RESTARTS[scale] },
          turns: { atLeast: RESTARTS[scale] * 4 },
          ...atMost(0, "failedTurns", "lost", "changed", "doubled", "unexpected"),
        }),
      },
      evidence: [...evidence, ...(rolling?.evidence ?? [])],
    };
  },
};

/**
 * Counts add up; of times the longest counts.
 *
 * @template {Record<string, number>} Figures
 * @param {Figures} sum
 * @param {Figures} more
 */
function add(sum, more) {
  for (const [name, value] of Object.entries(more)) {
    const before = sum[name] ?? 0;
    Object.assign(sum, { [name]: name.endsWith("Ms") ? Math.max(before, value) : before + value });
  }
}
