import { OrchaError } from "@orcha/contract";
import type { TurnClock } from "./deadline.ts";

/** The turns of this process, so that it can wait for them or cut them when it has to go. */
export class RunningTurns {
  readonly #clocks = new Map<TurnClock, number>();
  #onEmpty: (() => void) | undefined;
  #isDraining = false;

  /** True once the process is going away: what has not begun must not begin. */
  get isDraining(): boolean {
    return this.#isDraining;
  }

  turnIds(): readonly number[] {
    return [...this.#clocks.values()];
  }

  add(turnId: number, clock: TurnClock): Disposable {
    this.#clocks.set(clock, turnId);
    return {
      [Symbol.dispose]: () => {
        this.#clocks.delete(clock);
        if (this.#clocks.size === 0) this.#onEmpty?.();
      },
    };
  }

  /** Waits until all have ended; after the time given it cuts those that are left, which keep what was said. */
  async drain(graceMs: number): Promise<void> {
    this.#isDraining = true;
    if (this.#clocks.size === 0) return;
    const empty = new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
    const cut = setTimeout(() => {
      for (const clock of this.#clocks.keys()) clock.abort(new OrchaError("unavailable"));
    }, graceMs);
    await empty;
    clearTimeout(cut);
  }
}
