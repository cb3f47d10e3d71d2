import { createHmac } from "node:crypto";
import { OrchaError } from "@orcha/contract";
import type { Connection } from "../db/database.ts";
import { findUserOfSubject } from "../tenants/identity/subject-store.ts";

/** Whom data is about, in one tenant. */
export interface Subject {
  readonly tenantId: string;
  /** Only what was said under this label; undefined for every label. */
  readonly label: string | undefined;
  /** As whom they own conversations; empty for nobody. */
  readonly owners: readonly string[];
  /** Their row of the users; undefined for a visitor whom no tenant knows. */
  readonly userId: number | undefined;
}

const VISITOR = /^visitor:[\w-]{43}$/;
const USER = /^user:([1-9]\d{0,15})$/;

/**
 * Whom an operator means: `visitor:<hash>` or `user:<id>` as the list of conversations shows them, anything else is the `sub`
 * of the tenant's tokens.
 *
 * @throws OrchaError `user_not_found` for a `sub` that no token of the tenant named, `invalid_request` for one that looks like
 *   another user's number
 */
export async function findSubject(
  reader: Connection,
  tenantId: string,
  label: string | undefined,
  named: string,
): Promise<Subject> {
  const ofToken = await findUserOfSubject(reader, tenantId, named);
  if (VISITOR.test(named)) return { tenantId, label, owners: [named], userId: undefined };
  const number = USER.exec(named)?.[1];
  const userId = number === undefined ? ofToken : Number(number);
  if (userId === undefined || !Number.isSafeInteger(userId)) throw new OrchaError("user_not_found");
  if (ofToken !== undefined && ofToken !== userId) {
    throw new OrchaError(
      "invalid_request",
      `The tokens of this tenant call user:${ofToken} so. Name the one you mean by the number of its row in users.`,
    );
  }
  return { tenantId, label, owners: [`user:${userId}`], userId };
}

/** How the audit log speaks of somebody without naming them: the same for the same name, as long as the key is the same. */
export function subjectDigest(key: string, tenantId: string, named: string): string {
  const digest = createHmac("sha256", key).update(`subject ${tenantId}\0${named}`);
  return `subject:${digest.digest("base64url").slice(0, 22)}`;
}
