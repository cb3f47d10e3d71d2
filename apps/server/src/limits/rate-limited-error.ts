import { OrchaError } from "@orcha/contract";

/** Too much was asked; tells when it is worth asking again. */
export class RateLimitedError extends OrchaError {
  /** Whole seconds, for Retry-After. */
  readonly retryAfterSeconds: number;

  constructor(waitMs: number) {
    super("rate_limited");
    this.retryAfterSeconds = Math.max(1, Math.ceil(waitMs / 1000));
  }
}
