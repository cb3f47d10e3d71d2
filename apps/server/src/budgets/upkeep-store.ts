import { type AuditEntry, auditStep } from "../audit/store.ts";
import { defineSteps, defineWrite, must } from "../db/database.ts";
import { EVERY_TENANT, statement } from "../db/statement.ts";
import { dayOf } from "../usage/days.ts";
import type { BudgetRow } from "./reservation.ts";

const DAY_MS = 86_400_000;
const KEPT_DAYS = 62;
const KEPT_VISITOR_DAYS = 2;

const setWarned = statement<{ tenantId: string } & { [Name in keyof BudgetRow]: string }>()(
  (db, p) =>
    db
      .updateTable("budget_spend")
      .set({ warned: 1 })
      .where("tenant_id", "=", p("tenantId"))
      .where("subject", "=", p("subject"))
      .where("period", "=", p("period"))
      .where("warned", "=", 0),
);

/** Records that a budget is nearly used up; false when that was told before, by whichever process. */
export const warnOfBudget = defineSteps(
  "budgets.warn",
  ({ row, entry }: { readonly row: BudgetRow; readonly entry: AuditEntry }) => [
    must(setWarned, { tenantId: entry.tenantId, subject: row.subject, period: row.period }),
    auditStep(entry),
  ],
);

/** Forgets what was spent in periods that are long over. */
export const forgetSpend = defineWrite(
  "budgets.forget",
  async (transaction, { now }: { readonly now: number }): Promise<void> => {
    const { builder } = transaction;
    const oldest = dayOf(now - KEPT_DAYS * DAY_MS);
    const oldestOfVisitors = dayOf(now - KEPT_VISITOR_DAYS * DAY_MS);
    await transaction.query(
      EVERY_TENANT,
      builder
        .deleteFrom("budget_spend")
        .where((where) =>
          where.or([
            where("period", "<", oldest),
            where.and([where("subject", "<>", ""), where("period", "<", oldestOfVisitors)]),
          ]),
        ),
    );
  },
);

export const BUDGET_WRITES = [warnOfBudget, forgetSpend];
