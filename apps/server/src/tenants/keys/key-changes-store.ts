import { type AuditEntry, auditStep } from "../../audit/store.ts";
import { defineSteps, must, step } from "../../db/database.ts";
import { statement } from "../../db/statement.ts";

type NewKey = {
  readonly tenantId: string;
  readonly id: number;
  readonly name: string;
  readonly prefix: string;
  readonly hash: string;
  /** JSON. */
  readonly scopes: string;
  readonly createdBy: string;
  readonly expiresAt: number | null;
  readonly now: number;
};

const insertKey = statement<NewKey>()((db, p) =>
  db
    .insertInto("api_keys")
    .values({
      tenant_id: p("tenantId"),
      id: p("id"),
      name: p("name"),
      prefix: p("prefix"),
      hash: p("hash"),
      scopes: p("scopes"),
      created_at: p("now"),
      created_by: p("createdBy"),
      last_used_at: null,
      expires_at: p("expiresAt"),
      revoked_at: null,
    })
    .onConflict((conflict) => conflict.doNothing()),
);
const endKey = statement<{ tenantId: string; id: number; now: number }>()((db, p) =>
  db
    .updateTable("api_keys")
    .set({ revoked_at: p("now") })
    .where("tenant_id", "=", p("tenantId"))
    .where("id", "=", p("id"))
    .where("revoked_at", "is", null),
);
const setLastUse = statement<{ tenantId: string; id: number; now: number }>()((db, p) =>
  db
    .updateTable("api_keys")
    .set({ last_used_at: p("now") })
    .where("tenant_id", "=", p("tenantId"))
    .where("id", "=", p("id")),
);

/** Adds a key; false when another has its id. */
export const addKey = defineSteps(
  "keys.add",
  ({ key, entry }: { readonly key: NewKey; readonly entry: AuditEntry }) => [
    must(insertKey, key),
    auditStep(entry),
  ],
);

/** Ends a key for good; false when there is none that still holds. */
export const revokeKey = defineSteps(
  "keys.revoke",
  (input: { readonly tenantId: string; readonly id: number; readonly entry: AuditEntry }) => [
    must(endKey, { tenantId: input.tenantId, id: input.id, now: input.entry.now }),
    auditStep(input.entry),
  ],
);

export const touchKey = defineSteps(
  "keys.touch",
  (input: { readonly tenantId: string; readonly id: number; readonly now: number }) => [
    step(setLastUse, input),
  ],
);

export const KEY_WRITES = [addKey, revokeKey, touchKey];
