import { OrchaError } from "@orcha/contract";
import type { TurnClock } from "./deadline.ts";

/** The turns of this process, so that it can wait for them or cut them when it has to go. */
export class RunningTurns {
  readonly #clocks = new Set<TurnClock>();
  #onEmpty: (() => void) | undefined;

  get size(): number {
    return this.#clocks.size;
  }

  add(clock: TurnClock): Disposable {
    this.#clocks.add(clock);
    return {
      [Symbol.dispose]: () => {
        this.#clocks.delete(clock);
        if (this.#clocks.size === 0) this.#onEmpty?.();
      },
    };
  }

  /** Waits until all have ended; after the time given it cuts those that are left, which keep what was said. */
  async drain(graceMs: number): Promise<void> {
    if (this.#clocks.size === 0) return;
    const empty = new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
    const cut = setTimeout(() => {
      for (const clock of this.#clocks) clock.abort(new OrchaError("unavailable"));
    }, graceMs);
    await empty;
    clearTimeout(cut);
  }
}
