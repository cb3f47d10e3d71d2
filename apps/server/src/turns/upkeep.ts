import type { Database } from "../db/database.ts";
import { Liveness } from "./liveness.ts";
import { PartialText } from "./partial-text.ts";
import type { RunningTurns } from "./running-turns.ts";
import { StopRequests } from "./stop-turn.ts";

export interface UpkeepDeps {
  readonly database: Database;
  readonly running: RunningTurns;
  readonly now: () => number;
  /** Gets what went wrong with what; it is tried again in time. */
  readonly onError: (task: string, error: unknown) => void;
}

/** What a process does for its turns while they run, and for those that other processes left behind. */
export async function startUpkeep(deps: UpkeepDeps): Promise<Disposable> {
  const { database, running, now } = deps;
  const onError = (task: string) => (error: unknown) => deps.onError(task, error);
  const liveness = new Liveness({
    database,
    now,
    running: () => running.all.map(({ turn }) => turn.turnId),
    onError: onError("The turns' heartbeat"),
  });
  await liveness.abandonLeftovers();
  const partialText = new PartialText({ database, running, onError: onError("Partial text") });
  const stopRequests = new StopRequests({ database, running, onError: onError("Stopping") });
  return {
    [Symbol.dispose]() {
      for (const task of [liveness, partialText, stopRequests]) task[Symbol.dispose]();
    },
  };
}
