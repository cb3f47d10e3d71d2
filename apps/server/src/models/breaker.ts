export interface BreakerOptions {
  /** So many failures in a row open it. */
  readonly failures: number;
  /** So long it stays open before one call may try again. */
  readonly pauseMs: number;
}

/** One call that a breaker let through; tell it how the call goes, so that it can learn. */
export interface BreakerCall {
  /** True when this call alone finds out whether the model is back. */
  readonly isProbe: boolean;
  /** The model has begun to answer. */
  answering(): void;
  succeeded(): void;
  failed(): void;
  /** The call ended without saying anything about the model. */
  abandoned(): void;
}

/** Keeps calls away from a model that fails, so that an outage costs the visitors no waiting. */
export interface Breaker {
  /** Undefined while calls would only fail. */
  admit(): BreakerCall | undefined;
}

/** A closed breaker. Its clock is monotonic milliseconds. */
export function createBreaker(options: BreakerOptions, now: () => number): Breaker {
  let failuresInARow = 0;
  let openUntil: number | undefined;
  let isProbing = false;

  return {
    admit() {
      const isProbe = openUntil !== undefined;
      if (openUntil !== undefined && (isProbing || now() < openUntil)) return undefined;
      isProbing = isProbe;

      const close = () => {
        if (!isProbe) return;
        openUntil = undefined;
        isProbing = false;
      };
      return {
        isProbe,
        // The count stays until the answer is whole: a model that begins and breaks off again and again is failing.
        answering: close,
        succeeded() {
          close();
          failuresInARow = 0;
        },
        failed() {
          // Calls that began before the breaker opened tell nothing new and must not keep it open.
          if (openUntil !== undefined && !isProbe) return;
          if (isProbe) isProbing = false;
          failuresInARow += 1;
          if (isProbe || failuresInARow >= options.failures) openUntil = now() + options.pauseMs;
        },
        abandoned() {
          if (isProbe) isProbing = false;
        },
      };
    },
  };
}
