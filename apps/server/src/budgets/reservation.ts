import { monthOf } from "../usage/days.ts";

/** Tokens, and money in millionths of the currency. */
export interface Amount {
  readonly tokens: number;
  readonly cost: number;
}

/** What is set aside for a turn while it runs: the most that it can cost. */
export interface Reservation extends Amount {
  /** Of its reservation, not of its beginning: a turn may be run again on another day. */
  readonly day: string;
  /** The visitor's name in the day's budget; null when the tenant's alone holds it. */
  readonly spender: string | null;
}

/** A budget that a turn needs room in. */
export interface BudgetRow {
  /** Empty for the tenant itself. */
  readonly subject: string;
  /** A day or a month. */
  readonly period: string;
}

/** A reservation that is to be made, with what its budgets allow. */
export interface Hold {
  readonly reservation: Reservation;
  readonly rows: readonly (BudgetRow & {
    readonly limit: Amount;
    /** What turns that no budget held have spent, as far as it was read. */
    readonly seen: Amount;
  })[];
}

/** The rows that a reservation counts in. Always in one order, so that no two turns wait for each other's. */
export function rowsOf({ day, spender }: Pick<Reservation, "day" | "spender">): BudgetRow[] {
  const rows = [
    { subject: "", period: day },
    { subject: "", period: monthOf(day) },
  ];
  return spender === null ? rows : [...rows, { subject: spender, period: day }];
}

/** What a turn's row says is set aside for it; undefined when no budget holds it. */
export function reservationOf(turn: {
  readonly reserved_tokens: number;
  readonly reserved_cost: number;
  readonly spender: string | null;
  readonly budget_day: string | null;
}): Reservation | undefined {
  const { reserved_tokens: tokens, reserved_cost: cost, spender, budget_day: day } = turn;
  return day === null ? undefined : { tokens, cost, day, spender };
}
