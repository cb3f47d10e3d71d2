const WINDOW_MS = 60_000;

interface Window {
  readonly endsAt: number;
  count: number;
}

/**
 * Counts by key, each in a minute that begins with its first count. Since all minutes are equally long, the oldest key is
 * always the next to end: ended ones are dropped in passing, and with too many keys the oldest is forgotten.
 */
export class MinuteCounter {
  readonly #windows = new Map<string, Window>();
  readonly #maxKeys: number;

  constructor(maxKeys: number) {
    this.#maxKeys = maxKeys;
  }

  get keys(): number {
    return this.#windows.size;
  }

  /**
   * How long a key must wait until it may be counted again; 0 when it may be now.
   *
   * @param now of a clock that never jumps, in milliseconds
   */
  waitMs(key: string, limit: number, now: number): number {
    const window = this.#windows.get(key);
    return window && window.endsAt > now && window.count >= limit ? window.endsAt - now : 0;
  }

  add(key: string, now: number): void {
    this.#dropEnded(now);
    const window = this.#windows.get(key);
    if (window) {
      window.count += 1;
      return;
    }
    if (this.#windows.size >= this.#maxKeys) this.#dropOldest();
    this.#windows.set(key, { endsAt: now + WINDOW_MS, count: 1 });
  }

  #dropEnded(now: number): void {
    for (const [key, { endsAt }] of this.#windows) {
      if (endsAt > now) return;
      this.#windows.delete(key);
    }
  }

  #dropOldest(): void {
    const [oldest] = this.#windows.keys();
    if (oldest !== undefined) this.#windows.delete(oldest);
  }
}
