import { setTimeout as delay } from "node:timers/promises";
import { OrchaError } from "@orcha/contract";
import { holderName } from "./liveness.ts";
import { type OpenedTurn, openTurn } from "./open-turn-store.ts";
import type { TurnDeps, TurnInput } from "./run-turn.ts";

const FIRST_POLL_MS = 20;
const LONGEST_POLL_MS = 250;
const MAX_ID_ATTEMPTS = 5;

/**
 * Opens a turn, waiting for the one that runs in the same conversation, whichever process runs it.
 * @throws OrchaError `turn_in_progress` when that one takes too long
 */
export async function openTurnInOrder(deps: TurnDeps, input: TurnInput): Promise<OpenedTurn> {
  const giveUp = performance.now() + deps.limits.lockWaitMs;
  for (let wait = FIRST_POLL_MS; ; wait = Math.min(wait * 2, LONGEST_POLL_MS)) {
    const opened = await attempt(deps, input);
    if (opened !== "busy") return opened;
    if (performance.now() + wait > giveUp) throw new OrchaError("turn_in_progress");
    await delay(wait);
  }
}

async function attempt(deps: TurnDeps, input: TurnInput): Promise<OpenedTurn | "busy"> {
  for (let attempts = 1; ; attempts++) {
    try {
      return await deps.database.write(openTurn, {
        tenantId: input.tenant.id,
        conversationId: input.conversationId,
        claim: input.claim,
        offeredOwner: input.offeredOwner,
        text: input.text,
        replaceMessageId: input.replaceMessageId,
        holder: holderName,
        now: deps.now(),
      });
    } catch (error) {
      const taken = error instanceof Error && error.name === "IdTakenError";
      if (!taken || attempts === MAX_ID_ATTEMPTS) throw error;
    }
  }
}
