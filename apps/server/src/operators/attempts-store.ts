import { type Connection, defineSteps, must, type Step, step } from "../db/database.ts";
import { EVERY_TENANT, statementOverAll } from "../db/statement.ts";

/** When failures lock, and for how long. */
export interface AttemptLimit {
  readonly subject: string;
  readonly most: number;
  readonly windowMs: number;
  readonly lockMs: number;
}

// Counted before the password is checked, so that attempts at one moment cannot pass the limit together; who succeeds is
// forgiven. The attempt that reaches the limit is the last one until the lock is over.
const countOne = statementOverAll<{
  subject: string;
  now: number;
  windowBegan: number;
  most: number;
  lockedUntil: number;
}>()((db, p) =>
  db
    .insertInto("sign_in_failures")
    .values({ subject: p("subject"), window_start: p("now"), failures: 1, locked_until: null })
    .onConflict((conflict) =>
      conflict
        .column("subject")
        .doUpdateSet((eb) => {
          // Locked or not, it must be true or false: its negation decides as well.
          const isOver = eb.or([
            eb("sign_in_failures.window_start", "<=", p("windowBegan")),
            eb(eb.fn.coalesce("sign_in_failures.locked_until", p("lockedUntil")), "<=", p("now")),
          ]);
          const counted = eb("sign_in_failures.failures", "+", 1);
          const reaches = eb.and([eb.not(isOver), eb(counted, ">=", p("most"))]);
          const lockedUntil = eb.cast<number>(p("lockedUntil"), "bigint");
          return {
            failures: eb.case().when(isOver).then(1).else(counted).end(),
            window_start: eb
              .case()
              .when(isOver)
              .then(eb.ref("excluded.window_start"))
              .else(eb.ref("sign_in_failures.window_start"))
              .end(),
            locked_until: eb.case().when(reaches).then(lockedUntil).else(null).end(),
          };
        })
        .where((expression) =>
          expression.or([
            expression("sign_in_failures.locked_until", "is", null),
            expression("sign_in_failures.locked_until", "<=", p("now")),
          ]),
        ),
    ),
);
const forgiveOne = statementOverAll<{ subject: string }>()((db, p) =>
  db
    .updateTable("sign_in_failures")
    .set((expression) => ({ failures: expression("failures", "-", 1), locked_until: null }))
    .where("subject", "=", p("subject"))
    .where("failures", ">", 0),
);
const forgiveAll = statementOverAll<{ subject: string }>()((db, p) =>
  db.deleteFrom("sign_in_failures").where("subject", "=", p("subject")),
);

/** Counts an attempt to sign in; false, and nothing is counted, while one of its subjects is locked. */
export const countAttempt = defineSteps(
  "operators.countAttempt",
  (input: { readonly limits: readonly AttemptLimit[]; readonly now: number }) =>
    input.limits.map(({ subject, most, windowMs, lockMs }) =>
      must(countOne, {
        subject,
        most,
        now: input.now,
        windowBegan: input.now - windowMs,
        lockedUntil: input.now + lockMs,
      }),
    ),
);

/**
 * Part of a write of somebody who proved the password.
 *
 * @param subjects the first is theirs alone and is forgotten; the others lose what this attempt added
 */
export function forgivenessSteps([own = "", ...shared]: readonly string[]): readonly Step[] {
  return [
    step(forgiveAll, { subject: own }),
    ...shared.map((subject) => step(forgiveOne, { subject })),
  ];
}

/** Until when the latest of the locks holds; undefined when none does. */
export async function findLock(
  reader: Connection,
  subjects: readonly string[],
  now: number,
): Promise<number | undefined> {
  const rows = await reader.query(
    EVERY_TENANT,
    reader.builder
      .selectFrom("sign_in_failures")
      .select("locked_until")
      .where("subject", "in", subjects)
      .where("locked_until", ">", now),
  );
  const times = rows.flatMap(({ locked_until }) => (locked_until === null ? [] : [locked_until]));
  return times.length === 0 ? undefined : Math.max(...times);
}
