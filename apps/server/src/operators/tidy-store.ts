import { type Database, defineSteps, step } from "../db/database.ts";
import { statementOverAll } from "../db/statement.ts";
import { IDLE_MS } from "./sessions.ts";

const LONGEST_WINDOW_MS = 3_600_000;

const deleteSessions = statementOverAll<{ now: number; idleSince: number }>()((db, p) =>
  db
    .deleteFrom("operator_sessions")
    .where((expression) =>
      expression.or([
        expression("expires_at", "<=", p("now")),
        expression("seen_at", "<=", p("idleSince")),
      ]),
    ),
);
const deleteLinks = statementOverAll<{ now: number }>()((db, p) =>
  db.deleteFrom("operator_links").where("expires_at", "<=", p("now")),
);
const deleteFailures = statementOverAll<{ now: number; windowBegan: number }>()((db, p) =>
  db
    .deleteFrom("sign_in_failures")
    .where("window_start", "<=", p("windowBegan"))
    .where((expression) =>
      expression.or([
        expression("locked_until", "is", null),
        expression("locked_until", "<=", p("now")),
      ]),
    ),
);

const tidy = defineSteps("operators.tidy", ({ now }: { readonly now: number }) => [
  step(deleteSessions, { now, idleSince: now - IDLE_MS }),
  step(deleteLinks, { now }),
  step(deleteFailures, { now, windowBegan: now - LONGEST_WINDOW_MS }),
]);

/** Forgets sessions, links and failures that are over; nothing depends on it but the tables' size. */
export async function tidyOperators(database: Database, now: number): Promise<void> {
  await database.write(tidy, { now });
}

export const TIDY_WRITES = [tidy];
