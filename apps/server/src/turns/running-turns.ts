import { OrchaError, type TurnEvent } from "@orcha/contract";
import type { Answer } from "./answer.ts";
import type { TurnClock } from "./deadline.ts";
import type { TurnSource, TurnView } from "./follow-turn.ts";
import type { OpenedTurn } from "./opened-turn.ts";
import type { Piece } from "./pieces-store.ts";

/** A turn of this process while it runs: what it has said so far, for those who follow it. */
export class RunningTurn implements TurnSource, Disposable {
  readonly tenantId: string;
  readonly turn: OpenedTurn;
  readonly clock: TurnClock;
  readonly answer: Answer;
  readonly #onEnd: () => void;
  #end: TurnEvent | undefined;
  #suggestions: readonly string[] | undefined;
  #waiting: (() => void)[] = [];
  #savedPieces = 0;
  #saving: Promise<void> | undefined;
  #isClosing = false;

  constructor(
    tenantId: string,
    turn: OpenedTurn,
    clock: TurnClock,
    answer: Answer,
    onEnd: () => void,
  ) {
    this.tenantId = tenantId;
    this.turn = turn;
    this.clock = clock;
    this.answer = answer;
    this.#onEnd = onEnd;
  }

  read(): TurnView {
    const { contexts, text } = this.answer;
    return { contexts, text, end: this.#end, suggestions: this.#suggestions };
  }

  next(seen: TurnView, signal: AbortSignal): Promise<boolean> {
    const { contexts, length } = this.answer;
    const hasMore =
      contexts !== seen.contexts || length > seen.text.length || this.#end !== seen.end;
    // What came while the reader was busy with what it had seen would be waited for in vain.
    if (hasMore && !signal.aborted) return Promise.resolve(true);
    return new Promise((resolve) => {
      const wake = () => {
        signal.removeEventListener("abort", wake);
        resolve(!signal.aborted);
      };
      signal.addEventListener("abort", wake);
      this.#waiting.push(wake);
      if (signal.aborted) wake();
    });
  }

  /** Tells those who follow that there is more. */
  changed(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  /** Tells those who follow how it ended; it is stored by then. */
  finish(end: TurnEvent, suggestions?: readonly string[]): void {
    this.#suggestions = suggestions;
    this.#end = end;
    this.changed();
  }

  /** What it has said since its last piece; undefined for nothing. */
  unsaved(): Piece | undefined {
    if (this.#isClosing) return undefined;
    const { contexts, unwritten } = this.answer;
    const isFirst = this.#savedPieces === 0;
    if (unwritten === "" && !(isFirst && contexts)) return undefined;
    return {
      tenantId: this.tenantId,
      turnId: this.turn.turnId,
      piece: this.#savedPieces,
      text: unwritten,
      contexts: isFirst && contexts ? JSON.stringify(contexts) : null,
    };
  }

  /** Counts a piece as written when the write succeeds. */
  async saving(piece: Piece, write: Promise<void>): Promise<void> {
    this.#saving = write.then(() => {
      this.answer.wrote(piece.text);
      this.#savedPieces += 1;
    });
    await this.#saving.catch(() => undefined); // the next piece holds what this one did
  }

  /** Ends the writing of pieces, so that none is left behind when it is closed, and answers whether there were any. */
  async stopSaving(): Promise<boolean> {
    this.#isClosing = true;
    const write = this.#saving;
    if (!write) return false;
    await write.catch(() => undefined);
    return true;
  }

  [Symbol.dispose](): void {
    this.#onEnd();
  }
}

/** The turns of this process, so that it can tell them, wait for them or cut them when it has to go. */
export class RunningTurns {
  readonly #turns = new Map<string, RunningTurn>();
  #onEmpty: (() => void) | undefined;
  readonly #leaving = new AbortController();

  /** Aborted once the process is going away: what has not begun must not begin. */
  get leaving(): AbortSignal {
    return this.#leaving.signal;
  }

  get all(): readonly RunningTurn[] {
    return [...this.#turns.values()];
  }

  get count(): number {
    return this.#turns.size;
  }

  find(tenantId: string, turnId: number): RunningTurn | undefined {
    return this.#turns.get(`${turnId} ${tenantId}`);
  }

  /** Until the answer is disposed of. */
  add(tenantId: string, turn: OpenedTurn, clock: TurnClock, answer: Answer): RunningTurn {
    const key = `${turn.turnId} ${tenantId}`;
    const running = new RunningTurn(tenantId, turn, clock, answer, () => {
      // A turn that failed may be running again already.
      if (this.#turns.get(key) === running) this.#turns.delete(key);
      if (this.#turns.size === 0) this.#onEmpty?.();
    });
    this.#turns.set(key, running);
    return running;
  }

  /** Waits until all have ended; after the time given it cuts those that are left, which keep what was said. */
  async drain(graceMs: number): Promise<void> {
    this.#leaving.abort();
    if (this.#turns.size === 0) return;
    const empty = new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
    const cut = setTimeout(() => {
      for (const { clock } of this.#turns.values()) clock.abort(new OrchaError("unavailable"));
    }, graceMs);
    await empty;
    clearTimeout(cut);
  }
}
