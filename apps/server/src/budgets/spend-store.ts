import { sql } from "kysely";
import { must, type Step } from "../db/database.ts";
import { statement } from "../db/statement.ts";
import { type Amount, type BudgetRow, type Hold, type Reservation, rowsOf } from "./reservation.ts";

type Row = { tenantId: string } & { [Name in keyof BudgetRow]: string };

const KEY = ["tenant_id", "subject", "period"] as const;

/** What was seen of the roll-up counts when it is more: turns may have ended while no budget held them. */
function larger(column: "tokens" | "cost") {
  const kept = sql.ref(`budget_spend.${column}`);
  const seen = sql.ref(`excluded.${column}`);
  return sql<number>`case when ${kept} < ${seen} then ${seen} else ${kept} end`;
}

/** Changes nothing when the reservation would pass a limit. Turns that begin together wait for each other here. */
const reserve = statement<
  Row & {
    tokens: number;
    cost: number;
    tokensSeen: number;
    costSeen: number;
    tokensLimit: number;
    costLimit: number;
  }
>()((db, p) =>
  db
    .insertInto("budget_spend")
    .values({
      tenant_id: p("tenantId"),
      subject: p("subject"),
      period: p("period"),
      tokens: p("tokensSeen"),
      cost: p("costSeen"),
      reserved_tokens: p("tokens"),
      reserved_cost: p("cost"),
      warned: 0,
    })
    .onConflict((conflict) =>
      conflict
        .columns(KEY)
        .doUpdateSet((set) => ({
          tokens: larger("tokens"),
          cost: larger("cost"),
          reserved_tokens: set(
            "budget_spend.reserved_tokens",
            "+",
            set.ref("excluded.reserved_tokens"),
          ),
          reserved_cost: set("budget_spend.reserved_cost", "+", set.ref("excluded.reserved_cost")),
        }))
        .where(
          sql<boolean>`${larger("tokens")} + budget_spend.reserved_tokens + excluded.reserved_tokens <= ${p("tokensLimit")}`,
        )
        .where(
          sql<boolean>`${larger("cost")} + budget_spend.reserved_cost + excluded.reserved_cost <= ${p("costLimit")}`,
        ),
    ),
);

/** Counts what was spent and gives back what was set aside for it. */
const settle = statement<
  Row & { tokens: number; cost: number; reservedTokens: number; reservedCost: number }
>()((db, p) =>
  db
    .insertInto("budget_spend")
    .values({
      tenant_id: p("tenantId"),
      subject: p("subject"),
      period: p("period"),
      tokens: p("tokens"),
      cost: p("cost"),
      reserved_tokens: 0,
      reserved_cost: 0,
      warned: 0,
    })
    .onConflict((conflict) =>
      conflict.columns(KEY).doUpdateSet((set) => ({
        tokens: set("budget_spend.tokens", "+", set.ref("excluded.tokens")),
        cost: set("budget_spend.cost", "+", set.ref("excluded.cost")),
        reserved_tokens: set("budget_spend.reserved_tokens", "-", p("reservedTokens")),
        reserved_cost: set("budget_spend.reserved_cost", "-", p("reservedCost")),
      })),
    ),
);

/** Sets a turn's worst case aside, or undoes the whole write when a budget has not so much left: its last conditions. */
export function reserveSteps(tenantId: string, hold: Hold | undefined): Step[] {
  if (!hold) return [];
  const { tokens, cost } = hold.reservation;
  return hold.rows.map(({ subject, period, seen, limit }) =>
    must(reserve, {
      tenantId,
      subject,
      period,
      tokens,
      cost,
      tokensSeen: seen.tokens,
      costSeen: seen.cost,
      tokensLimit: limit.tokens,
      costLimit: limit.cost,
    }),
  );
}

/**
 * Puts what was spent in the place of what was set aside. They always change a row; being conditions, they take their locks
 * in the order in which the reservation did.
 */
export function settleSteps(
  tenantId: string,
  reservation: Reservation | undefined,
  spent: Amount,
): Step[] {
  if (!reservation) return [];
  return rowsOf(reservation).map((row) =>
    must(settle, {
      tenantId,
      ...row,
      tokens: spent.tokens,
      cost: spent.cost,
      reservedTokens: reservation.tokens,
      reservedCost: reservation.cost,
    }),
  );
}
