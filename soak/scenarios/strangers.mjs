import { newVisitor } from "../rig/chat.mjs";
import { atMost } from "../verdict.mjs";
import { StrangersConnection } from "./strangers-connection.mjs";
import { makeIds } from "./strangers-ids.mjs";
import { StrangersTimes } from "./strangers-times.mjs";

/** @typedef {import("./strangers-connection.mjs").Route} Route */

/** Each asks for one id of every kind, in an order drawn anew. */
const ROUNDS = { short: 60, full: 4_000 };
const WARM_UP = { short: 0, full: 500 };
const IDS = { short: 10, full: 200 };
/** @type {readonly Route[]} */
const ROUTES = ["chat", "messages"];
/** Times are compared where they were measured long enough to tell anything. */
const MOST_OFF_PERCENT = 5;

/** @type {import("../scenario.mjs").Scenario} */
export const strangersLearnNothing = {
  promise: "R19",
  name: "a stranger cannot tell somebody's conversation from none",
  engines: ["sqlite", "postgres"],
  async run(rig, { engine, scale }) {
    const storage = engine === "sqlite" ? rig.sqlite() : await rig.postgres();
    const server = await rig.orcha(await rig.model(), storage);
    const ids = await makeIds(server, IDS[scale]);
    const connection = new StrangersConnection(server.origin);
    rig.defer(() => connection.close());
    const visitor = await newVisitor(server.origin);

    const times = { chat: new StrangersTimes(), messages: new StrangersTimes() };
    for (let round = -WARM_UP[scale]; round < ROUNDS[scale]; round += 1) {
      for (const route of ROUTES) {
        /** @type {Map<string, number>} */
        const took = new Map();
        for (const [kind, own] of shuffled(ids)) {
          const id = own[Math.abs(round) % own.length] ?? 1;
          const caller = round % 2 === 0 ? visitor : undefined;
          took.set(kind, await connection.askFor(route, kind, id, caller));
        }
        if (round >= 0) times[route].add(took);
      }
    }
    const figures = Object.fromEntries(
      ROUTES.flatMap((route) => Object.entries(times[route].figures(route))),
    );
    const compared = Object.keys(figures).filter((name) => name.endsWith("Percent"));
    return {
      figures: { requestsOfEachKind: ROUNDS[scale], ...connection.found, ...figures },
      limits: {
        ...atMost(0, ...Object.keys(connection.found)),
        ...(scale === "full" && atMost(MOST_OFF_PERCENT, ...compared)),
      },
      evidence: connection.evidence,
    };
  },
};

/**
 * @template K, V
 * @param {ReadonlyMap<K, V>} map
 */
function shuffled(map) {
  const drawn = [...map].map((entry) => ({ entry, order: Math.random() }));
  return drawn.sort((a, b) => a.order - b.order).map(({ entry }) => entry);
}
