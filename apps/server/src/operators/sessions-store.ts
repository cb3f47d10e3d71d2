import { type AuditEntry, auditStep, writeAudit } from "../audit/store.ts";
import { type Connection, defineSteps, defineWrite, must, step } from "../db/database.ts";
import { statementOverAll } from "../db/statement.ts";
import { forgivenessSteps } from "./attempts-store.ts";
import type { SignedInOperator } from "./operator.ts";

export interface FoundSession {
  readonly operator: SignedInOperator;
  readonly seenAt: number;
}

interface SessionQuery {
  readonly tokenHash: string;
  readonly now: number;
  /** A session that was not seen since then is over. */
  readonly idleSince: number;
}

const selectSession = statementOverAll<{ tokenHash: string; now: number; idleSince: number }>()(
  (db, p) =>
    db
      .selectFrom("operator_sessions as session")
      .innerJoin("operators as operator", "operator.id", "session.operator_id")
      .leftJoin("operator_roles as granted", "granted.operator_id", "operator.id")
      .select([
        "session.seen_at",
        "operator.id",
        "operator.email",
        "operator.name",
        "granted.tenant_id",
        "granted.role",
      ])
      .where("session.token_hash", "=", p("tokenHash"))
      .where("session.expires_at", ">", p("now"))
      .where("session.seen_at", ">", p("idleSince"))
      .where("operator.disabled_at", "is", null)
      .orderBy("granted.tenant_id"),
);
// Changes nothing but holds the row: an account that is disabled or gets another password at this moment either refuses
// the session or ends it.
const confirmPassword = statementOverAll<{ operatorId: number; passwordHash: string }>()((db, p) =>
  db
    .updateTable("operators")
    .set({ password_hash: p("passwordHash") })
    .where("id", "=", p("operatorId"))
    .where("disabled_at", "is", null)
    .where("password_hash", "=", p("passwordHash")),
);
const insertSession = statementOverAll<{
  tokenHash: string;
  now: number;
  expiresAt: number;
  operatorId: number;
}>()((db, p) =>
  db.insertInto("operator_sessions").values({
    token_hash: p("tokenHash"),
    operator_id: p("operatorId"),
    created_at: p("now"),
    expires_at: p("expiresAt"),
    seen_at: p("now"),
  }),
);
const touch = statementOverAll<{ tokenHash: string; now: number }>()((db, p) =>
  db
    .updateTable("operator_sessions")
    .set({ seen_at: p("now") })
    .where("token_hash", "=", p("tokenHash")),
);
const deleteSession = statementOverAll<{ tokenHash: string }>()((db, p) =>
  db.deleteFrom("operator_sessions").where("token_hash", "=", p("tokenHash")),
);
const deleteOtherSessions = statementOverAll<{ tokenHash: string; operatorId: number }>()((db, p) =>
  db
    .deleteFrom("operator_sessions")
    .where("operator_id", "=", p("operatorId"))
    .where("token_hash", "<>", p("tokenHash")),
);
const replacePassword = statementOverAll<{ operatorId: number; before: string; after: string }>()(
  (db, p) =>
    db
      .updateTable("operators")
      .set({ password_hash: p("after") })
      .where("id", "=", p("operatorId"))
      .where("disabled_at", "is", null)
      .where("password_hash", "=", p("before")),
);

/** A session that is valid now, with what its operator may do now. */
export async function findSession(
  reader: Connection,
  { tokenHash, now, idleSince }: SessionQuery,
): Promise<FoundSession | undefined> {
  const rows = await reader.run(selectSession, { tokenHash, now, idleSince });
  const [first] = rows;
  if (!first) return undefined;
  const grants = rows.flatMap(({ tenant_id, role }) =>
    tenant_id === null || role === null ? [] : [{ tenantId: tenant_id, role }],
  );
  const { id, email, name, seen_at } = first;
  return { operator: { id, email, name, grants }, seenAt: seen_at };
}

/** Signs in; false when the account was disabled or its password changed since it was checked. */
export const openSession = defineSteps(
  "operators.openSession",
  (input: {
    readonly tokenHash: string;
    readonly operatorId: number;
    readonly passwordHash: string;
    readonly expiresAt: number;
    readonly now: number;
    readonly subjects: readonly string[];
    readonly audit: AuditEntry;
  }) => {
    const { tokenHash, operatorId, passwordHash, expiresAt, now } = input;
    return [
      must(confirmPassword, { operatorId, passwordHash }),
      step(insertSession, { tokenHash, operatorId, expiresAt, now }),
      ...forgivenessSteps(input.subjects),
      auditStep(input.audit),
    ];
  },
);

/** Keeps a session from becoming idle. */
export const touchSession = defineSteps(
  "operators.touchSession",
  (input: { readonly tokenHash: string; readonly now: number }) => [
    step(touch, { tokenHash: input.tokenHash, now: input.now }),
  ],
);

/** Signs out; false when the session was over already. */
export const closeSession = defineSteps(
  "operators.closeSession",
  (input: { readonly tokenHash: string; readonly audit: AuditEntry }) => [
    must(deleteSession, { tokenHash: input.tokenHash }),
    auditStep(input.audit),
  ],
);

/** Sets another password and ends all other sessions; false when the password is not the one that was checked. */
export const changePassword = defineWrite(
  "operators.changePassword",
  async (
    transaction,
    input: {
      readonly operatorId: number;
      readonly before: string;
      readonly after: string;
      readonly tokenHash: string;
      readonly subjects: readonly string[];
      readonly audit: AuditEntry;
    },
  ): Promise<boolean> => {
    const { operatorId, before, after, tokenHash } = input;
    const replaced = await transaction.change(replacePassword, { operatorId, before, after });
    if (replaced === 0) return false;
    // Not in one statement with the first: it would not see a session that the old password opened at this moment.
    await transaction.change(deleteOtherSessions, { operatorId, tokenHash });
    for (const { statement, values } of forgivenessSteps(input.subjects)) {
      await transaction.change(statement, values);
    }
    await writeAudit(transaction, input.audit);
    return true;
  },
);

export const SESSION_WRITES = [openSession, touchSession, closeSession, changePassword];
