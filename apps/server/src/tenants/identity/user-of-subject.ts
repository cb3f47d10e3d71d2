import { OrchaError } from "@orcha/contract";
import type { Database } from "../../db/database.ts";
import { timeOrderedId } from "../../db/ids.ts";
import { addUserOfSubject, findUserOfSubject } from "./subject-store.ts";

const MAX_ATTEMPTS = 5;
/** No row has it: it owns nothing. */
export const NO_USER = 0;

export interface UserOfSubjectDeps {
  readonly database: Database;
  readonly now: () => number;
}

/**
 * The user that a token's subject is.
 *
 * @param makes true makes the row when the subject is seen for the first time; otherwise it is `NO_USER` until then
 */
export type UserOfSubject = (tenantId: string, subject: string, makes: boolean) => Promise<number>;

/** Makes the function that finds a subject's user. It asks each time, because users are erased. */
export function createUserOfSubject({ database, now }: UserOfSubjectDeps): UserOfSubject {
  return async (tenantId, subject, makes) => {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const id = await findUserOfSubject(database.reader, tenantId, subject);
      if (id !== undefined) return id;
      if (!makes) return NO_USER;
      // Whoever comes first makes the row; the others find it in the next round.
      const made = { tenantId, id: timeOrderedId(now()), subject, now: now() };
      await database.write(addUserOfSubject, made);
    }
    throw new OrchaError("unavailable");
  };
}
