import {
  OrchaError,
  type UsageGroup,
  type UsageRow,
  type UsageTotals,
  type usageQuerySchema,
} from "@orcha/contract";
import type * as z from "zod";
import type { Database } from "../db/database.ts";
import { dayOf } from "./days.ts";
import { toAmount } from "./money.ts";
import { sumUsage, type UsageFigures, type UsageFilter } from "./report-store.ts";

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 30;
const MAX_ROWS = 10_000;
const NOTHING: UsageFigures = {
  conversations: 0,
  turns: 0,
  failed_turns: 0,
  input_tokens: 0,
  output_tokens: 0,
  cost: 0,
};

export interface Usage {
  readonly totals: UsageTotals;
  readonly rows: readonly UsageRow[];
  /** True when there are more rows than are given. */
  readonly isTruncated: boolean;
}

/**
 * The days that a question is about.
 * @throws OrchaError `invalid_request` when they end before they begin
 */
export function daysOf(
  { from, to }: Pick<z.output<typeof usageQuerySchema>, "from" | "to">,
  now: number,
): { readonly from: string; readonly to: string } {
  const last = to ?? dayOf(now);
  const first = from ?? dayOf(Date.parse(last) - (DEFAULT_DAYS - 1) * DAY_MS);
  if (first > last) throw new OrchaError("invalid_request", "from must not be after to.");
  return { from: first, to: last };
}

/** What was used, from the roll-up: as exact as counting all turns, and as fast as there are few days. */
export async function reportUsage(
  { database }: { readonly database: Database },
  filter: UsageFilter,
  groups: readonly UsageGroup[],
): Promise<Usage> {
  const { reader } = database;
  const [sum = NOTHING] = await sumUsage(reader, filter, [], 1);
  const rows = groups.length > 0 ? await sumUsage(reader, filter, groups, MAX_ROWS + 1) : [];
  return {
    totals: shown(sum),
    rows: rows.slice(0, MAX_ROWS).filter(isSomething).map(shown),
    isTruncated: rows.length > MAX_ROWS,
  };
}

/** A turn that is run again leaves a row of zeros behind until it ends. */
function isSomething({ turns, input_tokens, output_tokens, cost }: UsageFigures): boolean {
  return [turns, input_tokens, output_tokens, cost].some((figure) => figure !== 0);
}

function shown<Row extends UsageFigures>(row: Row): Row {
  return { ...row, cost: toAmount(row.cost) };
}
