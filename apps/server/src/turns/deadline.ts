import { OrchaError } from "@orcha/contract";

export interface Deadlines {
  readonly firstTokenMs: number;
  readonly totalMs: number;
}

/** The visitor does not want the rest: no failure. */
export class StoppedByVisitor extends Error {}

/** A turn's own monotonic clock: aborts its signal when the first token or the whole answer takes too long. */
export class TurnClock {
  readonly #started = performance.now();
  readonly #abort = new AbortController();
  readonly #total: NodeJS.Timeout;
  readonly #first: NodeJS.Timeout;
  #reason: OrchaError | StoppedByVisitor | undefined;

  constructor(deadlines: Deadlines) {
    const expire = () => this.abort(new OrchaError("model_timeout"));
    this.#total = setTimeout(expire, deadlines.totalMs);
    this.#first = setTimeout(expire, deadlines.firstTokenMs);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Why it was aborted; undefined while it was not. */
  get reason(): OrchaError | StoppedByVisitor | undefined {
    return this.#reason;
  }

  /** Ends the turn where it is. */
  abort(reason: OrchaError | StoppedByVisitor): void {
    this.#reason ??= reason;
    this.#abort.abort(reason);
  }

  firstToken(): void {
    clearTimeout(this.#first);
  }

  elapsedMs(): number {
    return Math.round(performance.now() - this.#started);
  }

  stop(): void {
    clearTimeout(this.#first);
    clearTimeout(this.#total);
  }
}
