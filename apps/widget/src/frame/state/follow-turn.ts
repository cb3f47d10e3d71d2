import type { Message } from "@orcha/contract";
import { type Turn, turnsOf } from "./turn.ts";

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 5000;
const MOST_LOOKS = 40;
const MOST_MISSES = 4;

/**
 * Looks at the transcript until the turn is no longer being answered: the server finishes and keeps an answer whose
 * reader has gone. Undefined when the transcript does not hold the turn or never settles; throws when it stays unreadable.
 */
export async function followTurn(
  id: number,
  deps: {
    readMessages(): Promise<readonly Message[]>;
    wait(ms: number): Promise<void>;
  },
): Promise<Turn | undefined> {
  let misses = 0;
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    try {
      const found = turnsOf(await deps.readMessages()).find((turn) => turn.id === id);
      if (found?.phase !== "waiting") return found;
      misses = 0;
    } catch (error) {
      misses += 1;
      if (misses === MOST_MISSES) throw error;
    }
    await deps.wait(Math.min(FIRST_WAIT_MS * 1.3 ** look, LONGEST_WAIT_MS));
  }
  return undefined;
}
