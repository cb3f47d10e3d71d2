import { forgetSpend } from "./budgets/upkeep-store.ts";
import { warnOfBudgets } from "./budgets/warn.ts";
import { forgetOldMisses } from "./limits/misses.ts";
import { tidyOperators } from "./operators/tidy-store.ts";
import { eraseExpired } from "./privacy/erase-expired.ts";
import { forgetKeys } from "./turns/idempotency-store.ts";
import type { Services } from "./wiring.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

interface Task {
  readonly name: string;
  readonly everyMs: number;
  readonly run: () => Promise<unknown>;
}

/**
 * What is done now and then, on every replica: each task may run at the same time elsewhere without harm.
 *
 * @param onError gets what went wrong with what; it is tried again in time
 */
export function startHousekeeping(
  services: Services,
  onError: (task: string, error: unknown) => void,
): Disposable {
  const timers = tasksOf(services).map(({ name, everyMs, run }) =>
    setInterval(() => void run().catch((error) => onError(name, error)), everyMs).unref(),
  );
  return {
    [Symbol.dispose]() {
      for (const timer of timers) clearInterval(timer);
    },
  };
}

function tasksOf({ database, budgets, turns, log, now }: Services): readonly Task[] {
  return [
    {
      name: "Forgetting old keys of messages",
      everyMs: HOUR_MS,
      run: () => database.write(forgetKeys, { now: now() }),
    },
    {
      name: "Forgetting old spend",
      everyMs: HOUR_MS,
      run: () => database.write(forgetSpend, { now: now() }),
    },
    {
      name: "Forgetting old misses",
      everyMs: HOUR_MS,
      run: () => forgetOldMisses(database, now()),
    },
    {
      name: "Forgetting old sessions and links",
      everyMs: HOUR_MS,
      run: () => tidyOperators(database, now()),
    },
    {
      name: "Erasing what is kept long enough",
      everyMs: HOUR_MS,
      run: () => eraseExpired({ database, running: turns.running, now }),
    },
    {
      name: "Warning of budgets",
      everyMs: MINUTE_MS,
      run: () =>
        warnOfBudgets({
          database,
          budgets,
          now,
          onWarning: (warning) => log.warn(warning, "A budget is nearly used up"),
        }),
    },
  ];
}
