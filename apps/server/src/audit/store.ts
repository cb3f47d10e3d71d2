import { type Connection, defineSteps, type Step, step } from "../db/database.ts";
import { timeOrderedId } from "../db/ids.ts";
import { statement } from "../db/statement.ts";

/** Who changed something, as the audit log names it for good. */
export interface Actor {
  readonly kind: "operator" | "key" | "command" | "system";
  readonly id: string;
  readonly name: string;
}

/** One change, as an operator reads it later; it holds no secret and no message's text. */
export interface AuditEntry {
  /** "*" for a change of the installation. */
  readonly tenantId: string;
  readonly actor: Actor;
  /** As noun.verb: `tenant.create`. */
  readonly action: string;
  readonly target: string;
  readonly detail: Readonly<Record<string, unknown>>;
  /** Truncated; empty for a command. */
  readonly address: string;
  readonly now: number;
}

const insertEntry = statement<{
  tenantId: string;
  id: number;
  now: number;
  actorKind: Actor["kind"];
  actorId: string;
  actorName: string;
  action: string;
  target: string;
  detail: string;
  address: string;
}>()((db, p) =>
  db.insertInto("audit_log").values({
    tenant_id: p("tenantId"),
    id: p("id"),
    created_at: p("now"),
    actor_kind: p("actorKind"),
    actor_id: p("actorId"),
    actor_name: p("actorName"),
    action: p("action"),
    target: p("target"),
    detail: p("detail"),
    address: p("address"),
  }),
);

/** The step that every write of an operator's change ends with. */
export function auditStep(entry: AuditEntry): Step {
  return step(insertEntry, toRow(entry));
}

/** The same inside a write that reads. */
export async function writeAudit(transaction: Connection, entry: AuditEntry): Promise<void> {
  await transaction.change(insertEntry, toRow(entry));
}

function toRow({ actor, detail, ...entry }: AuditEntry) {
  return {
    ...entry,
    id: timeOrderedId(entry.now),
    actorKind: actor.kind,
    actorId: actor.id,
    actorName: actor.name,
    detail: JSON.stringify(detail),
  };
}

/** Records what changed nothing in the tables, such as an export. */
export const recordAudit = defineSteps("audit.record", (entry: AuditEntry) => [auditStep(entry)]);

export const AUDIT_WRITES = [recordAudit];
