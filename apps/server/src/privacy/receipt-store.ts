import type { ErasedCounts } from "@orcha/contract";
import { type AuditEntry, auditStep } from "../audit/store.ts";
import { defineSteps, step } from "../db/database.ts";
import { statement } from "../db/statement.ts";

const insertErasure = statement<{
  tenantId: string;
  id: number;
  now: number;
  requestedBy: string;
  counts: string;
}>()((db, p) =>
  db.insertInto("erasures").values({
    tenant_id: p("tenantId"),
    id: p("id"),
    created_at: p("now"),
    requested_by: p("requestedBy"),
    counts: p("counts"),
  }),
);

export interface Receipt {
  readonly tenantId: string;
  readonly id: number;
  readonly now: number;
  /** `visitor`, or an operator or key by its number. */
  readonly requestedBy: string;
  readonly counts: ErasedCounts;
}

/** Keeps that something was erased, and the operator's entry about it where there is one. */
export const keepReceipt = defineSteps(
  "privacy.keep-receipt",
  ({ receipt, entry }: { readonly receipt: Receipt; readonly entry: AuditEntry | undefined }) => [
    step(insertErasure, { ...receipt, counts: JSON.stringify(receipt.counts) }),
    ...(entry ? [auditStep(entry)] : []),
  ],
);
