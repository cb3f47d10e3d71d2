import { OrchaError } from "@orcha/contract";
import type { Database } from "../../db/database.ts";
import { timeOrderedId } from "../../db/ids.ts";
import { addUserOfSubject, findUserOfSubject } from "./subject-store.ts";

const CACHE_MS = 1000;
const MAX_CACHED = 10_000;
const MAX_ATTEMPTS = 5;

export interface UserOfSubjectDeps {
  readonly database: Database;
  readonly now: () => number;
}

/** The user that a token's subject is, made when it is seen for the first time. */
export type UserOfSubject = (tenantId: string, subject: string) => Promise<number>;

/** Makes the function that finds a subject's user; what it found it knows for a second, because users are erased. */
export function createUserOfSubject({ database, now }: UserOfSubjectDeps): UserOfSubject {
  const cache = new Map<string, { readonly until: number; readonly id: number }>();

  return async (tenantId, subject) => {
    const name = JSON.stringify([tenantId, subject]);
    const known = cache.get(name);
    if (known && known.until > performance.now()) return known.id;
    const id = await findOrMake(tenantId, subject);
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(name, { until: performance.now() + CACHE_MS, id });
    return id;
  };

  async function findOrMake(tenantId: string, subject: string): Promise<number> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const id = await findUserOfSubject(database.reader, tenantId, subject);
      if (id !== undefined) return id;
      // Whoever comes first makes the row; the others find it in the next round.
      const made = { tenantId, id: timeOrderedId(now()), subject, now: now() };
      await database.write(addUserOfSubject, made);
    }
    throw new OrchaError("unavailable");
  }
}
