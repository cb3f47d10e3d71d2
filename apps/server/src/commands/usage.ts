import { OrchaError, type UsageRow, type UsageTotals, usageQuerySchema } from "@orcha/contract";
import type { Installation } from "../installation.ts";
import { SetUpError } from "../tenants/set-up.ts";
import { type Difference, recountUsage } from "../usage/recount-store.ts";
import { daysOf, reportUsage } from "../usage/report.ts";
import { type CommandContext, printTable, withDatabase } from "./command-database.ts";

const FIGURES = [
  "conversations",
  "turns",
  "failed_turns",
  "input_tokens",
  "output_tokens",
  "cost",
] as const;

export interface UsageArgs {
  /** "*" for every tenant. */
  readonly tenant?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Separated by commas. */
  readonly by?: string | undefined;
  readonly json?: boolean | undefined;
  readonly recount?: boolean | undefined;
}

/** `orcha usage`: what was used, as a table or JSON, or a recount of it. */
export async function runUsage(installation: Installation, args: UsageArgs): Promise<void> {
  await withDatabase(installation, args.tenant, async (context, tenantId) => {
    if (args.recount) await recount(context, tenantId);
    else await report(context, tenantId, args);
  });
}

async function report(
  { database, config }: CommandContext,
  tenantId: string,
  args: UsageArgs,
): Promise<void> {
  const query = usageQuerySchema.safeParse({ from: args.from, to: args.to, group_by: args.by });
  if (!query.success) {
    throw new SetUpError(
      "--from and --to must be days such as 2026-11-22, and --by a list of tenant, day, label, user and model.",
    );
  }
  const days = daysOrExplain(query.data);
  const groups = query.data.group_by ?? ["day"];
  const { totals, rows, isTruncated } = await reportUsage(
    { database },
    { tenantId, ...days },
    groups,
  );
  if (args.json) {
    const answer = { tenant_id: tenantId, ...days, currency: config.ORCHA_CURRENCY };
    const data = { totals, data: rows, truncated: isTruncated };
    process.stdout.write(`${JSON.stringify({ ...answer, ...data }, null, 2)}\n`);
    return;
  }
  printRows(rows, totals, groups);
  const end = isTruncated ? " There are more rows: ask for fewer days or groups." : "";
  process.stdout.write(`Money is in ${config.ORCHA_CURRENCY}.${end}\n`);
}

function daysOrExplain(days: Parameters<typeof daysOf>[0]): ReturnType<typeof daysOf> {
  try {
    return daysOf(days, Date.now());
  } catch (error) {
    throw error instanceof OrchaError ? new SetUpError("--from must not be after --to.") : error;
  }
}

function printRows(
  rows: readonly UsageRow[],
  totals: UsageTotals,
  groups: readonly string[],
): void {
  const nameOf = ({ tenant_id, day, label, user_id, model }: UsageRow) => {
    const names = { tenant: tenant_id, day, label, user: user_id, model };
    return groups.map((group) =>
      String(Object.entries(names).find(([name]) => name === group)?.[1]),
    );
  };
  const figuresOf = (row: UsageTotals) => FIGURES.map((name) => String(row[name]));
  printTable([
    [...groups, ...FIGURES].map((name) => name.replace("_", " ").toUpperCase()),
    ...rows.map((row) => [...nameOf(row), ...figuresOf(row)]),
    [...groups.map((_, at) => (at === 0 ? "total" : "")), ...figuresOf(totals)],
  ]);
}

/** Says whether the roll-up is what the turns add up to; usage of erased turns is kept, and cannot be counted again. */
async function recount({ database }: CommandContext, tenantId: string): Promise<void> {
  const differences = await recountUsage(database.reader, tenantId);
  if (differences.length === 0) {
    process.stdout.write("The usage equals a recount of all turns.\n");
    return;
  }
  printTable([
    ["TENANT", "DAY", "LABEL", "USER", "MODEL", "COUNTED BEFORE", "COUNTED NOW"],
    ...differences.map(differenceRow),
  ]);
  process.stdout.write(
    "The usage differs from a recount. Erased conversations leave their usage and cannot be counted again.\n",
  );
  process.exitCode = 1;
}

function differenceRow({ rolledUp, counted }: Difference): string[] {
  const { tenant_id, day, label, user_id, model } = rolledUp ?? counted ?? NOBODY;
  const figures = (row: Difference["counted"]) =>
    row ? FIGURES.map((name) => row[name]).join(" ") : "nothing";
  return [tenant_id, day, label, String(user_id), model, figures(rolledUp), figures(counted)];
}

const NOBODY = { tenant_id: "", day: "", label: "", user_id: 0, model: "" };
