import { startReplicas } from "../rig/replicas.mjs";
import { forEachAtOnce } from "../rig/wait.mjs";
import { atMost } from "../verdict.mjs";
import { CutStreams } from "./cut-streams.mjs";

const CUTS = { short: 12, full: 100 };
const AT_ONCE = 8;

/** @type {import("../scenario.mjs").Scenario} */
export const streamsResume = {
  promise: "R7",
  name: "a stream that is cut anywhere goes on to the same text",
  engines: ["sqlite", "postgres"],
  async run(rig, { engine, scale }) {
    const model = await rig.model();
    const replicas = await startReplicas(rig, model, { engine });
    const streams = await CutStreams.prepare(rig, model, replicas);

    const cases = replicas.servers.flatMap((_, elsewhere) =>
      [false, true].flatMap((isOver) =>
        Array.from({ length: CUTS[scale] }, () => ({ isOver, elsewhere })),
      ),
    );
    await forEachAtOnce(cases, AT_ONCE, (one) => streams.cutAndResume(one));

    const each = CUTS[scale];
    return {
      figures: { ...streams.counts },
      limits: {
        cuts: { atLeast: each * 2 * replicas.servers.length },
        // Near its end a stream may be over before its reader is back.
        resumedWhileRunning: { atLeast: (each * replicas.servers.length) / 2 },
        resumedAfterEnd: { atLeast: each * replicas.servers.length },
        ...(replicas.servers.length > 1 && { resumedElsewhere: { atLeast: each * 2 } }),
        ...atMost(0, "otherTexts", "gapsOrRepeats", "failed"),
      },
      evidence: streams.evidence,
    };
  },
};
