import type { Database } from "../db/database.ts";
import { appendPieces, type Piece } from "./pieces-store.ts";
import type { RunningTurn, RunningTurns } from "./running-turns.ts";

const EVERY_MS = 500;

export interface PartialTextDeps {
  readonly database: Database;
  readonly running: RunningTurns;
  readonly onError: (error: unknown) => void;
}

/**
 * Appends what the running turns have said to the record, twice a second in one write for all of them, so that any process can
 * tell them on. What ended within that time is never written twice.
 */
export class PartialText implements Disposable {
  readonly #deps: PartialTextDeps;
  readonly #timer: NodeJS.Timeout;
  #isWriting = false;

  constructor(deps: PartialTextDeps) {
    this.#deps = deps;
    this.#timer = setInterval(() => void this.#save(), EVERY_MS).unref();
  }

  async #save(): Promise<void> {
    if (this.#isWriting) return;
    const unsaved = this.#deps.running.all.flatMap((running) => {
      const piece = running.unsaved();
      return piece ? [{ running, piece }] : [];
    });
    if (unsaved.length === 0) return;
    this.#isWriting = true;
    await this.#append(unsaved);
    this.#isWriting = false;
  }

  async #append(
    unsaved: readonly { readonly running: RunningTurn; readonly piece: Piece }[],
  ): Promise<void> {
    const { database, onError } = this.#deps;
    const write = database.write(appendPieces, { pieces: unsaved.map(({ piece }) => piece) });
    const saved = unsaved.map(({ running, piece }) => running.saving(piece, write));
    await write.catch(onError);
    await Promise.all(saved);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
