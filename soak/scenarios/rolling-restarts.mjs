import { ClientVisitors } from "../ledger/client-visitors.mjs";
import { Ledger } from "../ledger/ledger.mjs";
import { answerAtPace } from "../rig/model-behaviours.mjs";
import { pause } from "../rig/wait.mjs";

const VISITORS = 8;

/**
 * Restarts two replicas in turn, again and again, while visitors write through the project's own client.
 *
 * @param {import("../rig/rig.mjs").Rig} rig
 * @param {number} restarts
 */
export async function rollingRestarts(rig, restarts) {
  const model = await rig.model();
  model.choose = ({ number }) => answerAtPace({ words: number % 60, firstMs: 20, betweenMs: 15 });
  const storage = await rig.postgres();
  const servers = [await rig.orcha(model, storage), await rig.orcha(model, storage)];
  const balancer = await rig.balancer(servers.map(({ port }) => port));
  const ledger = new Ledger();
  const visitors = new ClientVisitors(await rig.client(), balancer.origin, ledger);
  visitors.start(VISITORS);

  let badExits = 0;
  for (let restart = 0; restart < restarts; restart += 1) {
    const index = restart % servers.length;
    const old = servers[index];
    if (!old) break;
    if ((await old.stop()) !== 0) badExits += 1;
    servers[index] = await rig.orcha(model, { env: storage.env, port: old.port });
    await pause(100);
  }
  await visitors.stop();
  await ledger.audit(balancer.origin, () => true);
  const { lost, changed, doubled, unexpected, evidence } = ledger.findings;
  return {
    badExits,
    figures: {
      restarts,
      turns: visitors.turns,
      failedTurns: visitors.failed,
      clientRetries: visitors.retries,
      slowestTurnMs: visitors.longestMs,
      lost,
      changed,
      doubled,
      unexpected,
    },
    evidence: [...visitors.evidence, ...evidence],
  };
}
