import { sql } from "kysely";
import { type Connection, defineSteps, must, step } from "../db/database.ts";
import { statement, statementOverAll } from "../db/statement.ts";

/** Whose misses of one window are counted; the address is a keyed hash. */
export type MissWindow = { tenantId: string; address: string; windowStart: number };

const selectMisses = statement<MissWindow>()((db, p) =>
  db
    .selectFrom("misses")
    .select("misses")
    .where("tenant_id", "=", p("tenantId"))
    .where("address", "=", p("address"))
    .where("window_start", "=", p("windowStart")),
);

const addMiss = statement<MissWindow & { max: number }>()((db, p) =>
  db
    .insertInto("misses")
    .values({
      tenant_id: p("tenantId"),
      address: p("address"),
      window_start: p("windowStart"),
      misses: 1,
    })
    .onConflict((conflict) =>
      conflict
        .columns(["tenant_id", "address", "window_start"])
        .doUpdateSet({ misses: sql`misses.misses + 1` })
        .where("misses.misses", "<", p("max")),
    ),
);

const deleteWindows = statementOverAll<{ before: number }>()((db, p) =>
  db.deleteFrom("misses").where("window_start", "<", p("before")),
);

export async function readMisses(reader: Connection, window: MissWindow): Promise<number> {
  const [row] = await reader.run(selectMisses, window);
  return row?.misses ?? 0;
}

/** Counts a miss; false, and nothing counted, when the window holds as many as it may. */
export const recordMiss = defineSteps(
  "limits.recordMiss",
  (input: MissWindow & { readonly max: number }) => [must(addMiss, input)],
);

/** Forgets windows that began before a time. */
export const forgetMisses = defineSteps(
  "limits.forgetMisses",
  (input: { readonly before: number }) => [step(deleteWindows, input)],
);

export const LIMIT_WRITES = [recordMiss, forgetMisses];
