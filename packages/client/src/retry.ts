import { type ClientErrorCode, OrchaClientError } from "./error.ts";
import type { ConnectionOptions } from "./options.ts";

/** Failures that pass by themselves, and say nothing about the message. */
const PASSING: readonly ClientErrorCode[] = ["network", "unavailable", "rate_limited"];
const MAX_WAIT_MS = 30_000;
const FIRST_BACKOFF_MS = 400;
const MAX_BACKOFF_MS = 8_000;

/** Decides whether to try once more, and when. */
export interface RetryPolicy {
  /** True after the wait; false, at once, when another attempt is not worth it. @throws the abort reason */
  again(error: unknown): Promise<boolean>;
  /** Something was gained: the count begins anew. */
  progress(): void;
}

/** The one policy of every call that may be repeated. */
export function createRetryPolicy({
  retries = 6,
  onRetry,
  signal,
}: ConnectionOptions): RetryPolicy {
  let attempts = 0;
  return {
    async again(error) {
      if (!(error instanceof OrchaClientError) || !PASSING.includes(error.code)) return false;
      const waitMs = waitMsAfter(error, attempts);
      if (attempts >= retries || waitMs > MAX_WAIT_MS) return false;
      attempts += 1;
      onRetry?.({ attempt: attempts, waitMs, error });
      await wait(waitMs, signal);
      return true;
    },
    progress() {
      attempts = 0;
    },
  };
}

/** Repeats the call while that is worth it. @throws what the last attempt threw */
export async function repeat<Result>(
  options: ConnectionOptions,
  call: () => Promise<Result>,
): Promise<Result> {
  const { again } = createRetryPolicy(options);
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(await again(error))) throw error;
    }
  }
}

/** As long as the server asks for; else a random part of what doubles each time, so that clients do not return as one. */
function waitMsAfter({ retryAfterSeconds }: OrchaClientError, attempts: number): number {
  if (retryAfterSeconds !== undefined) return retryAfterSeconds * 1000;
  return Math.random() * Math.min(FIRST_BACKOFF_MS * 2 ** attempts, MAX_BACKOFF_MS);
}

/** Also over when the browser comes online, or with the abort reason. */
async function wait(ms: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  const over = new AbortController();
  await new Promise<unknown>((resolve) => {
    const timer = setTimeout(resolve, ms);
    over.signal.addEventListener("abort", () => clearTimeout(timer));
    signal?.addEventListener("abort", resolve, { signal: over.signal });
    // Node has no such event, and nothing to listen at.
    globalThis.addEventListener?.("online", resolve, { signal: over.signal });
  });
  over.abort();
  signal?.throwIfAborted();
}
