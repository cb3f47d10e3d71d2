import { type Step, step } from "../db/database.ts";
import { statement } from "../db/statement.ts";
import { dayOf } from "./days.ts";
import type { Spent } from "./spent.ts";

/** So many rows share what one user of a tenant does in a day, so that turns which end together do not wait for one row. */
const SLOTS = 16;

const addUsage = statement<{
  tenantId: string;
  day: string;
  label: string;
  userId: number;
  model: string;
  slot: number;
  conversations: number;
  turns: number;
  failedTurns: number;
  inputTokens: number;
  outputTokens: number;
  cost: number;
}>()((db, p) =>
  db
    .insertInto("usage_daily")
    .values({
      tenant_id: p("tenantId"),
      day: p("day"),
      label: p("label"),
      user_id: p("userId"),
      model: p("model"),
      slot: p("slot"),
      conversations: p("conversations"),
      turns: p("turns"),
      failed_turns: p("failedTurns"),
      input_tokens: p("inputTokens"),
      output_tokens: p("outputTokens"),
      cost: p("cost"),
    })
    .onConflict((conflict) =>
      conflict
        .columns(["tenant_id", "day", "label", "user_id", "model", "slot"])
        .doUpdateSet((set) => ({
          conversations: set("usage_daily.conversations", "+", set.ref("excluded.conversations")),
          turns: set("usage_daily.turns", "+", set.ref("excluded.turns")),
          failed_turns: set("usage_daily.failed_turns", "+", set.ref("excluded.failed_turns")),
          input_tokens: set("usage_daily.input_tokens", "+", set.ref("excluded.input_tokens")),
          output_tokens: set("usage_daily.output_tokens", "+", set.ref("excluded.output_tokens")),
          cost: set("usage_daily.cost", "+", set.ref("excluded.cost")),
        })),
    ),
);

/** A turn that has ended, as usage counts it. */
export interface CountedTurn {
  readonly tenantId: string;
  readonly turnId: number;
  readonly createdAt: number;
  readonly label: string;
  readonly userId: number;
  /** True for the turn that began its conversation. */
  readonly isFirst: boolean;
  readonly model: string | null;
  readonly failed: boolean;
  /** Over all its attempts. */
  readonly spent: Spent;
}

/** Counts a turn in the very write that ends it, so that the roll-up always equals a recount. */
export function countTurn(turn: CountedTurn): Step {
  return count(turn, 1);
}

/** Takes a turn out again, with the very values that it was counted with. */
export function uncountTurn(turn: CountedTurn): Step {
  return count(turn, -1);
}

function count(turn: CountedTurn, sign: 1 | -1): Step {
  const { inputTokens, outputTokens, cost } = turn.spent;
  return step(addUsage, {
    tenantId: turn.tenantId,
    day: dayOf(turn.createdAt),
    label: turn.label,
    userId: turn.userId,
    model: turn.model ?? "",
    slot: Math.floor(turn.turnId / 2) % SLOTS,
    conversations: turn.isFirst ? sign : 0,
    turns: sign,
    failedTurns: turn.failed ? sign : 0,
    inputTokens: sign * inputTokens,
    outputTokens: sign * outputTokens,
    cost: sign * cost,
  });
}
