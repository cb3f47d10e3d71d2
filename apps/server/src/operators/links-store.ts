import { type AuditEntry, writeAudit } from "../audit/store.ts";
import { type Connection, defineWrite } from "../db/database.ts";
import { timeOrderedId } from "../db/ids.ts";
import { EVERY_TENANT, statementOverAll } from "../db/statement.ts";
import { lockOperators } from "./lock-store.ts";
import { INSTALLATION } from "./operator.ts";
import { anyOperatorExists } from "./operators-store.ts";

export type LinkPurpose = "first-run" | "invitation" | "reset";

/** A link that can be taken still. */
export interface OpenLink {
  readonly purpose: LinkPurpose;
  readonly expiresAt: number;
  /** Null for the first operator, who does not exist yet. */
  readonly operator: { readonly id: number; readonly email: string; readonly name: string } | null;
}

/** A link as it is stored. */
export interface NewLink {
  readonly tokenHash: string;
  readonly purpose: LinkPurpose;
  readonly expiresAt: number;
}

const selectLink = statementOverAll<{ tokenHash: string; now: number }>()((db, p) =>
  db
    .selectFrom("operator_links as link")
    .leftJoin("operators as operator", "operator.id", "link.operator_id")
    .select([
      "link.purpose",
      "link.expires_at",
      "operator.id",
      "operator.email",
      "operator.name",
      "operator.disabled_at",
    ])
    .where("link.token_hash", "=", p("tokenHash"))
    .where("link.expires_at", ">", p("now")),
);

/** The link behind a token; undefined for one that is unknown, taken, replaced, over, or of a disabled operator. */
export async function findLink(
  connection: Connection,
  tokenHash: string,
  now: number,
): Promise<OpenLink | undefined> {
  const [row] = await connection.run(selectLink, { tokenHash, now });
  if (!row || row.disabled_at !== null) return undefined;
  const { purpose, expires_at: expiresAt, id, email, name } = row;
  if (id !== null && email !== null && name !== null) {
    return { purpose, expiresAt, operator: { id, email, name } };
  }
  if (purpose !== "first-run" || (await anyOperatorExists(connection))) return undefined;
  return { purpose, expiresAt, operator: null };
}

/** Gives an operator a link instead of those that it had. */
export async function replaceLinks(
  transaction: Connection,
  operatorId: number,
  link: NewLink,
  now: number,
): Promise<void> {
  await deleteLinks(transaction, operatorId);
  await insertLink(transaction, operatorId, link, now);
}

export async function deleteLinks(transaction: Connection, operatorId: number): Promise<void> {
  await transaction.query(
    EVERY_TENANT,
    transaction.builder.deleteFrom("operator_links").where("operator_id", "=", operatorId),
  );
}

export async function deleteSessions(transaction: Connection, operatorId: number): Promise<void> {
  await transaction.query(
    EVERY_TENANT,
    transaction.builder.deleteFrom("operator_sessions").where("operator_id", "=", operatorId),
  );
}

async function insertLink(
  transaction: Connection,
  operatorId: number | null,
  { tokenHash, purpose, expiresAt }: NewLink,
  now: number,
): Promise<void> {
  await transaction.query(
    EVERY_TENANT,
    transaction.builder.insertInto("operator_links").values({
      token_hash: tokenHash,
      purpose,
      operator_id: operatorId,
      created_at: now,
      expires_at: expiresAt,
    }),
  );
}

/** Puts a first-run link in the place of an older one; false once there is an operator. */
export const replaceFirstRunLink = defineWrite(
  "operators.replaceFirstRunLink",
  async (
    transaction,
    input: { readonly link: NewLink; readonly now: number },
  ): Promise<boolean> => {
    await lockOperators(transaction);
    if (await anyOperatorExists(transaction)) return false;
    await transaction.query(
      EVERY_TENANT,
      transaction.builder.deleteFrom("operator_links").where("purpose", "=", "first-run"),
    );
    await insertLink(transaction, null, input.link, input.now);
    return true;
  },
);

export interface Acceptance {
  readonly tokenHash: string;
  readonly passwordHash: string;
  /** Empty leaves the name as it is. */
  readonly name: string;
  /** Of the first operator; others have theirs. */
  readonly email: string;
  /** Its actor and target are who takes the link. */
  readonly audit: Pick<AuditEntry, "address" | "now">;
}

/** Takes a link and sets its operator's password; undefined when it can not be taken any more. All sessions end. */
export const acceptLink = defineWrite(
  "operators.acceptLink",
  async (transaction, input: Acceptance): Promise<{ readonly email: string } | undefined> => {
    await lockOperators(transaction);
    const link = await findLink(transaction, input.tokenHash, input.audit.now);
    if (!link) return undefined;
    const person = link.operator
      ? { ...link.operator, name: input.name || link.operator.name || link.operator.email }
      : { id: timeOrderedId(input.audit.now), email: input.email, name: input.name || input.email };
    if (link.operator) await setPassword(transaction, person, input.passwordHash);
    else await insertFirstOwner(transaction, person, input);
    await writeAudit(transaction, {
      ...input.audit,
      tenantId: INSTALLATION,
      actor: { kind: "operator", id: String(person.id), name: person.name },
      action: `operator.${link.purpose}`,
      target: String(person.id),
      detail: {},
    });
    return { email: person.email };
  },
);

interface Person {
  readonly id: number;
  readonly email: string;
  readonly name: string;
}

async function setPassword(transaction: Connection, person: Person, passwordHash: string) {
  await transaction.query(
    EVERY_TENANT,
    transaction.builder
      .updateTable("operators")
      .set({ password_hash: passwordHash, name: person.name })
      .where("id", "=", person.id),
  );
  await deleteLinks(transaction, person.id);
  await deleteSessions(transaction, person.id);
}

async function insertFirstOwner(transaction: Connection, person: Person, input: Acceptance) {
  const { builder } = transaction;
  await transaction.query(
    EVERY_TENANT,
    builder.insertInto("operators").values({
      ...person,
      password_hash: input.passwordHash,
      created_at: input.audit.now,
      disabled_at: null,
    }),
  );
  await transaction.query(
    EVERY_TENANT,
    builder
      .insertInto("operator_roles")
      .values({ operator_id: person.id, tenant_id: INSTALLATION, role: "owner" }),
  );
  await transaction.query(
    EVERY_TENANT,
    builder.deleteFrom("operator_links").where("purpose", "=", "first-run"),
  );
}

export const LINK_WRITES = [replaceFirstRunLink, acceptLink];
