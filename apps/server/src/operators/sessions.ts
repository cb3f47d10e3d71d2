import type { Database } from "../db/database.ts";
import { INSTALLATION, type SignedInOperator } from "./operator.ts";
import { closeSession, findSession, touchSession } from "./sessions-store.ts";
import { hashToken } from "./token.ts";

const HOUR_MS = 3_600_000;
export const IDLE_MS = 12 * HOUR_MS;
/** A session of this age is over, however busy. */
export const SESSION_MS = 7 * 24 * HOUR_MS;
/** How often a session in use is written down as such. */
const TOUCH_MS = 300_000;

export interface SessionDeps {
  readonly database: Database;
  readonly now: () => number;
}

export type SessionFinder = (token: string) => Promise<SignedInOperator | undefined>;

/** Finds who is behind a session's token. The database is asked each time, so what was changed binds with the next request. */
export function createSessionFinder({ database, now }: SessionDeps): SessionFinder {
  return async (token) => {
    const time = now();
    const tokenHash = hashToken(token);
    const idleSince = time - IDLE_MS;
    const found = await findSession(database.reader, { tokenHash, now: time, idleSince });
    if (found && time - found.seenAt > TOUCH_MS) {
      await database.write(touchSession, { tokenHash, now: time });
    }
    return found?.operator;
  };
}

/** Ends a session. */
export async function signOut(
  { database, now }: SessionDeps,
  token: string,
  operator: SignedInOperator,
  address: string,
): Promise<void> {
  await database.write(closeSession, {
    tokenHash: hashToken(token),
    audit: {
      tenantId: INSTALLATION,
      actor: { kind: "operator", id: String(operator.id), name: operator.name },
      action: "session.delete",
      target: String(operator.id),
      detail: {},
      address,
      now: now(),
    },
  });
}
