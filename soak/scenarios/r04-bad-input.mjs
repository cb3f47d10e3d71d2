import { ask } from "../rig/chat.mjs";
import { HEAP_ARGS, heldBytes } from "../rig/heap.mjs";
import { canReadMemory, residentBytes } from "../rig/memory.mjs";
import { forEachAtOnce } from "../rig/wait.mjs";
import { atMost } from "../verdict.mjs";
import { findOperations } from "./api-operations.mjs";
import { BadInput } from "./bad-input.mjs";
import { BROKEN_REQUESTS } from "./broken-http.mjs";
import { makeKnownCaller } from "./known-caller.mjs";
import { malformedBodies } from "./malformed-bodies.mjs";
import { strangeRequests } from "./strange-requests.mjs";

const BODIES = { short: 400, full: 10_000 };
const ROUNDS = { short: 1, full: 10 };
/** One of so many strange requests: a prime, so that short runs meet all values and all places too. */
const ONE_OF = { short: 41, full: 1 };
const AT_ONCE = 16;
/** Caches may grow a little; what each of ten thousand requests left behind would be more. */
const KEPT_MB = 16;
const MB = 2 ** 20;

/** @typedef {import("./strange-requests.mjs").StrangeRequest} StrangeRequest */

/** @type {import("../scenario.mjs").Scenario} */
export const badInputIsHarmless = {
  promise: "R4",
  name: "bad input hurts nobody",
  engines: ["sqlite", "postgres"],
  async run(rig, { engine, scale }) {
    const model = await rig.model();
    const storage = engine === "sqlite" ? rig.sqlite() : await rig.postgres();
    const heapFolder = rig.file("");
    const server = await rig.orcha(model, {
      env: { ...storage.env, ORCHA_RATE_LIMITS: "off", HEAP_FOLDER: heapFolder },
      nodeArgs: HEAP_ARGS,
    });
    const { visitor, known } = await makeKnownCaller(server);
    const operations = await findOperations(server.origin);
    const input = new BadInput(server.port);
    const strange = [...strangeRequests(operations, known)].filter(
      (_, at) => at % ONE_OF[scale] === 0,
    );
    const held = async () => ({
      heap: canReadMemory() ? await heldBytes(server, heapFolder) : 0,
      resident: canReadMemory() ? residentBytes(server.pid) : 0,
    });

    const sendAll = async (
      /** @type {readonly StrangeRequest[]} */ requests,
      /** @type {number} */ bodies,
      /** @type {number} */ seed,
    ) => {
      await forEachAtOnce(BROKEN_REQUESTS, AT_ONCE, (one) => input.sendBroken(one));
      await forEachAtOnce(malformedBodies(bodies, seed), AT_ONCE, (one) => input.sendBody(one));
      await forEachAtOnce(requests, AT_ONCE, (one) => input.sendStrange(one));
    };
    // What the first requests load, and the room that the largest ones take, is not what bad input costs.
    await sendAll(strange.slice(0, 1000), BODIES.short, 0);
    const before = await held();
    for (let round = 0; round < ROUNDS[scale]; round += 1) {
      const share = strange.filter((_, at) => at % ROUNDS[scale] === round);
      await sendAll(share, BODIES[scale] / ROUNDS[scale], round + 1);
    }

    const honest = await ask(server.origin, { text: "Are you still there?" }, { visitor });
    const after = await held();
    return {
      figures: {
        operations: operations.length,
        brokenRequests: BROKEN_REQUESTS.length * ROUNDS[scale],
        malformedBodies: BODIES[scale],
        strangeValues: strange.length,
        ...input.found,
        honestTurnsFailed: honest.success ? 0 : 1,
        ...(canReadMemory() && {
          memoryKeptMb: Math.round((after.heap - before.heap) / MB),
          residentGrowthMb: Math.round((after.resident - before.resident) / MB),
        }),
      },
      limits: {
        malformedBodies: { atLeast: BODIES[scale] },
        strangeValues: { atLeast: operations.length * 10 },
        ...atMost(0, ...Object.keys(input.found), "honestTurnsFailed"),
        ...(canReadMemory() && {
          ...atMost(KEPT_MB, "memoryKeptMb"),
          ...atMost(128, "residentGrowthMb"),
        }),
      },
      evidence: input.evidence,
    };
  },
};
