import { OrchaError } from "@orcha/contract";

export interface OpenAnswerLimits {
  readonly total: number;
  readonly perVisitor: number;
}

/** Counts the answers that are being given at this moment, so that nobody holds all of them. */
export class OpenAnswers {
  readonly #limits: OpenAnswerLimits;
  readonly #byVisitor = new Map<string, number>();
  #total = 0;

  constructor(limits: OpenAnswerLimits) {
    this.#limits = limits;
  }

  /**
   * Counts one until the answer is disposed of.
   *
   * @param visitor null for a caller that proves nothing
   * @throws OrchaError `rate_limited`
   */
  enter(visitor: string | null): Disposable {
    const own = visitor === null ? 0 : (this.#byVisitor.get(visitor) ?? 0);
    if (this.#total >= this.#limits.total || own >= this.#limits.perVisitor) {
      throw new OrchaError("rate_limited");
    }
    this.#total += 1;
    if (visitor !== null) this.#byVisitor.set(visitor, own + 1);
    return { [Symbol.dispose]: () => this.#leave(visitor) };
  }

  #leave(visitor: string | null): void {
    this.#total -= 1;
    if (visitor === null) return;
    const left = (this.#byVisitor.get(visitor) ?? 1) - 1;
    if (left === 0) this.#byVisitor.delete(visitor);
    else this.#byVisitor.set(visitor, left);
  }
}
