import { setTimeout as delay } from "node:timers/promises";
import type { Database } from "../db/database.ts";
import type { TurnState } from "../db/schema.ts";
import { StoppedByVisitor } from "./deadline.ts";
import { findTurn } from "./known-turn-store.ts";
import { holderName } from "./liveness.ts";
import type { RunningTurns } from "./running-turns.ts";
import { readStopRequests, requestStop } from "./stop-store.ts";

const LOOK_MS = 100;
const WAIT_MS = 2_000;
const POLL_MS = 50;

export interface StopDeps {
  readonly database: Database;
  readonly running: RunningTurns;
}

/** Stops a turn, whichever process runs it, and answers its state: `pending` when its process has not stopped it in time. */
export async function stopTurn(
  deps: StopDeps,
  tenantId: string,
  turnId: number,
): Promise<TurnState> {
  const running = deps.running.find(tenantId, turnId);
  if (running) running.clock.abort(new StoppedByVisitor());
  else await deps.database.write(requestStop, { tenantId, id: turnId });

  const giveUp = performance.now() + WAIT_MS;
  for (;;) {
    const turn = await findTurn(deps.database.reader, tenantId, turnId);
    if (turn?.state !== "pending" || performance.now() > giveUp) return turn?.state ?? "failed";
    await delay(POLL_MS);
  }
}

/**
 * Looks for turns of this process that another one was asked to stop. The question is cheap and asked only while turns run;
 * so no standing connection for notifications is needed.
 */
export class StopRequests implements Disposable {
  readonly #deps: StopDeps & { readonly onError: (error: unknown) => void };
  readonly #timer: NodeJS.Timeout;
  #isLooking = false;

  constructor(deps: StopDeps & { readonly onError: (error: unknown) => void }) {
    this.#deps = deps;
    this.#timer = setInterval(() => void this.#look(), LOOK_MS).unref();
  }

  async #look(): Promise<void> {
    const { database, running, onError } = this.#deps;
    if (this.#isLooking || running.count === 0) return;
    this.#isLooking = true;
    try {
      for (const { tenantId, turnId } of await readStopRequests(database.reader, holderName)) {
        running.find(tenantId, turnId)?.clock.abort(new StoppedByVisitor());
      }
    } catch (error) {
      onError(error);
    }
    this.#isLooking = false;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
