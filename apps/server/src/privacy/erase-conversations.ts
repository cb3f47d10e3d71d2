import { setImmediate as nextLoop } from "node:timers/promises";
import { type ErasedCounts, OrchaError } from "@orcha/contract";
import { eraseIdleConversations, NOTHING_ERASED } from "../conversations/erase-store.ts";
import { abandonTurns, listPendingTurns } from "../turns/pending-turn-store.ts";
import { type StopDeps, stopTurn } from "../turns/stop-turn.ts";
import type { Doomed } from "./doomed-store.ts";

/** So many conversations go in one write at most. */
export const ERASED_AT_ONCE = 200;
/** Who begins turns faster than they are stopped is told to try again. */
const MAX_ROUNDS_IN_VAIN = 20;

export interface EraseDeps extends StopDeps {
  readonly now: () => number;
}

export interface EraseOptions {
  readonly tenantId: string;
  /** The next ones that are still there, at most `ERASED_AT_ONCE`. */
  readonly find: () => Promise<readonly Doomed[]>;
  /** Only what was not touched since. */
  readonly untouchedSince?: number;
}

/**
 * Stops what runs in conversations and erases them, until none is found any more. A turn whose process does not stop it in
 * time is taken away from it, so that its reservation is settled, and what it still says is kept nowhere.
 *
 * @throws OrchaError `unavailable` when new turns begin all the time
 */
export async function eraseConversations(
  deps: EraseDeps,
  { tenantId, find, untouchedSince }: EraseOptions,
): Promise<ErasedCounts> {
  let counts = NOTHING_ERASED;
  let first: number | undefined;
  for (let roundsInVain = 0; roundsInVain < MAX_ROUNDS_IN_VAIN; ) {
    const doomed = await find();
    if (doomed.length === 0) return counts;
    await stopTurns(deps, tenantId, doomed);
    const erased = await deps.database.write(eraseIdleConversations, {
      tenantId,
      conversationIds: doomed.map(({ id }) => id),
      untouchedSince,
    });
    counts = sum(counts, erased);
    // Another replica may be erasing the same ones: then other ones are found next.
    const isInVain = erased.turns + erased.conversations === 0 && doomed[0]?.id === first;
    roundsInVain = isInVain ? roundsInVain + 1 : 0;
    first = doomed[0]?.id;
    await nextLoop();
  }
  throw new OrchaError("unavailable");
}

async function stopTurns(
  deps: EraseDeps,
  tenantId: string,
  doomed: readonly Doomed[],
): Promise<void> {
  const running = doomed.flatMap((conversation) => conversation.active_turn_id ?? []);
  if (running.length === 0) return;
  const states = await Promise.all(running.map((turnId) => stopTurn(deps, tenantId, turnId)));
  const stubborn = new Set(running.filter((_, at) => states[at] === "pending"));
  if (stubborn.size === 0) return;
  const pending = await listPendingTurns(deps.database.reader);
  const turns = pending.filter((turn) => turn.tenantId === tenantId && stubborn.has(turn.turnId));
  await abandonTurns(deps.database, turns, deps.now());
}

function sum(a: ErasedCounts, b: ErasedCounts): ErasedCounts {
  return {
    conversations: a.conversations + b.conversations,
    turns: a.turns + b.turns,
    messages: a.messages + b.messages,
    feedback: a.feedback + b.feedback,
    turn_pieces: a.turn_pieces + b.turn_pieces,
    idempotency_keys: a.idempotency_keys + b.idempotency_keys,
    users: a.users + b.users,
  };
}
