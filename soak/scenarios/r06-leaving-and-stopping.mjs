import { HEAP_ARGS } from "../rig/heap.mjs";
import { canReadMemory } from "../rig/memory.mjs";
import { startReplicas } from "../rig/replicas.mjs";
import { atMost, largest, quantile } from "../verdict.mjs";
import { leaveAtOnce } from "./leaving-clients.mjs";
import { stopTurns } from "./stopped-turns.mjs";

const STOPS = { short: 8, full: 100 };
const WAVES = { short: 1, full: 10 };
const CLIENTS = 200;
/** In short the machine does other things besides. */
const STOPPED_WITHIN_MS = { short: 2_000, full: 250 };
const SOCKETS_WITHIN_MS = { short: 5_000, full: 1_000 };
/** Caches may grow a little; what 200 or 2,000 answers leave behind would be more. */
const KEPT_MB = 8;

/** @type {import("../scenario.mjs").Scenario} */
export const stoppingStops = {
  promise: "R6",
  name: "stopping stops the model, and leaving costs nothing",
  engines: ["sqlite", "postgres"],
  async run(rig, { engine, scale }) {
    const model = await rig.model();
    const heapFolder = rig.file("");
    const replicas = await startReplicas(rig, model, {
      engine,
      env: { HEAP_FOLDER: heapFolder },
      nodeArgs: HEAP_ARGS,
    });
    const stopped = await stopTurns(model, replicas, STOPS[scale]);
    const left = await leaveAtOnce(model, replicas, {
      clients: CLIENTS,
      waves: WAVES[scale],
      heapFolder,
    });

    const isElsewhere = replicas.servers.length > 1;
    return {
      figures: {
        stops: stopped.same.length + stopped.other.length,
        stopHereP50Ms: quantile(stopped.same, 0.5),
        stopHereMs: largest(stopped.same),
        ...(isElsewhere && {
          stopElsewhereP50Ms: quantile(stopped.other, 0.5),
          stopElsewhereMs: largest(stopped.other),
        }),
        wrongStops: stopped.wrong,
        left: left.left,
        answersMissing: left.missing,
        ...(canReadMemory() && {
          socketsKept: left.socketsKept,
          socketsGivenBackMs: left.socketsGivenBackMs,
          memoryKeptMb: left.memoryKeptMb,
        }),
      },
      limits: {
        stops: { atLeast: STOPS[scale] },
        ...atMost(STOPPED_WITHIN_MS[scale], "stopHereMs"),
        ...(isElsewhere && atMost(STOPPED_WITHIN_MS[scale], "stopElsewhereMs")),
        left: { atLeast: CLIENTS * WAVES[scale] },
        ...atMost(0, "wrongStops", "answersMissing"),
        ...(canReadMemory() && {
          ...atMost(0, "socketsKept"),
          ...atMost(SOCKETS_WITHIN_MS[scale], "socketsGivenBackMs"),
          ...atMost(KEPT_MB, "memoryKeptMb"),
        }),
      },
      evidence: [...stopped.evidence, ...left.evidence],
    };
  },
};
