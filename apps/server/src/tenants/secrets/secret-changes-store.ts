import type { SecretKind } from "@orcha/contract";
import { type AuditEntry, auditStep } from "../../audit/store.ts";
import { defineSteps, defineWrite, must } from "../../db/database.ts";
import { statement } from "../../db/statement.ts";

/** One that signs and one that comes after it. */
const MAX_TOKEN_SECRETS = 2;

const lockTenant = statement<{ tenantId: string }>()((db, p) =>
  db
    .updateTable("tenants")
    .set((set) => ({ settings: set.ref("settings") }))
    .where("tenant_id", "=", p("tenantId")),
);
const selectOtherTokenSecrets = statement<{ tenantId: string; name: string }>()((db, p) =>
  db
    .selectFrom("tenant_secrets")
    .select("id")
    .where("tenant_id", "=", p("tenantId"))
    .where("kind", "=", "jwt")
    .where("name", "!=", p("name")),
);

type NewSecret = {
  readonly tenantId: string;
  readonly id: number;
  readonly kind: SecretKind;
  readonly name: string;
  readonly sealed: string;
  readonly now: number;
};
const upsertSecret = statement<NewSecret>()((db, p) =>
  db
    .insertInto("tenant_secrets")
    .values({
      tenant_id: p("tenantId"),
      id: p("id"),
      kind: p("kind"),
      name: p("name"),
      sealed: p("sealed"),
      created_at: p("now"),
    })
    .onConflict((conflict) =>
      conflict
        .columns(["tenant_id", "kind", "name"])
        .doUpdateSet({ sealed: p("sealed"), created_at: p("now") }),
    ),
);
const dropSecret = statement<{ tenantId: string; kind: SecretKind; name: string }>()((db, p) =>
  db
    .deleteFrom("tenant_secrets")
    .where("tenant_id", "=", p("tenantId"))
    .where("kind", "=", p("kind"))
    .where("name", "=", p("name")),
);
const replaceSealed = statement<{ tenantId: string; id: number; from: string; to: string }>()(
  (db, p) =>
    db
      .updateTable("tenant_secrets")
      .set({ sealed: p("to") })
      .where("tenant_id", "=", p("tenantId"))
      .where("id", "=", p("id"))
      .where("sealed", "=", p("from")),
);

export type SetSecretOutcome = "set" | "no-tenant" | "too-many";

/** Sets a secret, in place of the one of its name. The tenant's row is taken first, so that two at once count each other. */
export const setSecret = defineWrite(
  "secrets.set",
  async (
    transaction,
    { secret, entry }: { readonly secret: NewSecret; readonly entry: AuditEntry },
  ): Promise<SetSecretOutcome> => {
    const { tenantId, kind, name } = secret;
    if ((await transaction.change(lockTenant, { tenantId })) === 0) return "no-tenant";
    const others = await transaction.run(selectOtherTokenSecrets, { tenantId, name });
    if (kind === "jwt" && others.length >= MAX_TOKEN_SECRETS) return "too-many";
    await transaction.change(upsertSecret, secret);
    const audit = auditStep(entry);
    await transaction.change(audit.statement, audit.values);
    return "set";
  },
);

/** False when there is none. */
export const deleteSecret = defineSteps(
  "secrets.delete",
  (input: {
    readonly tenantId: string;
    readonly kind: SecretKind;
    readonly name: string;
    readonly entry: AuditEntry;
  }) => {
    const { entry, ...secret } = input;
    return [must(dropSecret, secret), auditStep(entry)];
  },
);

/** Puts the same secret there under another seal; false when it changed meanwhile. */
export const resealSecret = defineSteps(
  "secrets.reseal",
  (input: {
    readonly tenantId: string;
    readonly id: number;
    readonly from: string;
    readonly to: string;
  }) => [must(replaceSealed, input)],
);

export const SECRET_WRITES = [setSecret, deleteSecret, resealSecret];
