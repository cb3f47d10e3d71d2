import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { Database } from "../db/database.ts";
import {
  abandonTurns,
  beatTurns,
  listPendingTurns,
  type PendingTurn,
} from "./pending-turn-store.ts";

const BEAT_MS = 3_000;
const DEAD_AFTER_MS = 15_000;

/** This process in the turns table. */
export const holderName = `${hostname()}:${process.pid}:${randomBytes(6).toString("hex")}`;

export interface LivenessDeps {
  readonly database: Database;
  readonly now: () => number;
  /** The turns that this process is running at this moment. */
  readonly running: () => readonly number[];
  readonly onError: (error: unknown) => void;
  /** @default performance.now */
  readonly monotonicMs?: (() => number) | undefined;
}

/**
 * Keeps the turns of this process alive and fails those whose process is gone: a heartbeat that stood still for 15 s
 * of this process's own monotonic clock is dead, so no wall clock decides.
 */
export class Liveness implements Disposable {
  readonly #deps: LivenessDeps;
  readonly #timer: NodeJS.Timeout;
  readonly #seen = new Map<string, { readonly heartbeat: number; readonly since: number }>();

  constructor(deps: LivenessDeps) {
    this.#deps = deps;
    this.#timer = setInterval(() => void this.look(), BEAT_MS);
    this.#timer.unref();
  }

  /**
   * At the start: what a process of this machine left in its SQLite file when it died need not wait to be found dead.
   * On PostgreSQL a holder may live in another container, where process numbers tell nothing.
   */
  async abandonLeftovers(): Promise<void> {
    const { database, now } = this.#deps;
    if (database.reader.engine !== "sqlite") return;
    const pending = await listPendingTurns(database.reader);
    const turns = pending.filter((turn) => isGone(turn.holder));
    await abandonTurns(database, turns, now());
  }

  /** One beat and one look at the others. It never rejects. */
  async look(): Promise<void> {
    const { database, now, running, onError } = this.#deps;
    try {
      // Only what really runs: a turn whose end could not be stored must be found dead like any other.
      const turnIds = running();
      if (turnIds.length > 0) await database.write(beatTurns, { holder: holderName, turnIds });
      const dead = this.#findDead(await listPendingTurns(database.reader));
      await abandonTurns(database, dead, now());
    } catch (error) {
      onError(error);
    }
  }

  #findDead(pending: readonly PendingTurn[]): PendingTurn[] {
    const at = (this.#deps.monotonicMs ?? performance.now.bind(performance))();
    const dead: PendingTurn[] = [];
    const keys = new Set<string>();
    for (const turn of pending) {
      const key = `${turn.tenantId} ${turn.turnId}`;
      keys.add(key);
      const seen = this.#seen.get(key);
      if (seen?.heartbeat !== turn.heartbeat) {
        this.#seen.set(key, { heartbeat: turn.heartbeat, since: at });
      } else if (at - seen.since > DEAD_AFTER_MS) {
        dead.push(turn);
      }
    }
    for (const key of this.#seen.keys()) if (!keys.has(key)) this.#seen.delete(key);
    return dead;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** True only when it is certain: a holder of this machine whose process does not exist, or had our own number before us. */
function isGone(holder: string): boolean {
  const [host, pid] = holder.split(":");
  if (holder === holderName || host !== hostname()) return false;
  if (Number(pid) === process.pid) return true;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ESRCH";
  }
}
