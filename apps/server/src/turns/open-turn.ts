import { setTimeout as delay } from "node:timers/promises";
import { OrchaError } from "@orcha/contract";
import type { Database } from "../db/database.ts";
import { holderName } from "./liveness.ts";
import { type OpenTurnInput, openTurn } from "./open-turn-store.ts";
import type { OpenedTurn, RepeatedTurn } from "./opened-turn.ts";

const FIRST_POLL_MS = 20;
const LONGEST_POLL_MS = 250;
const MAX_ID_ATTEMPTS = 5;

export interface OpenTurnDeps {
  readonly database: Database;
  readonly lockWaitMs: number;
  readonly running: { readonly isDraining: boolean };
  readonly now: () => number;
}

/** What the process itself adds when it asks for a turn is left out. */
export type TurnRequest = Omit<OpenTurnInput, "holder" | "now">;

/**
 * Opens a turn, waiting for the one that runs in the same conversation or under the same key, whichever process runs it.
 * @throws OrchaError `turn_in_progress` when that one takes too long, `unavailable` when the process goes away meanwhile
 */
export async function openTurnInOrder(
  deps: OpenTurnDeps,
  request: TurnRequest,
): Promise<OpenedTurn | RepeatedTurn> {
  const giveUp = performance.now() + deps.lockWaitMs;
  for (let wait = FIRST_POLL_MS; ; wait = Math.min(wait * 2, LONGEST_POLL_MS)) {
    const opened = await attempt(deps, request);
    if (opened !== "busy") return opened;
    if (performance.now() + wait > giveUp) throw new OrchaError("turn_in_progress");
    await delay(wait);
    if (deps.running.isDraining) throw new OrchaError("unavailable");
  }
}

async function attempt(
  deps: OpenTurnDeps,
  request: TurnRequest,
): Promise<OpenedTurn | RepeatedTurn | "busy"> {
  for (let attempts = 1; ; attempts++) {
    try {
      const input = { ...request, holder: holderName, now: deps.now() };
      return await deps.database.write(openTurn, input);
    } catch (error) {
      const taken = error instanceof Error && error.name === "IdTakenError";
      if (!taken || attempts === MAX_ID_ATTEMPTS) throw error;
    }
  }
}
