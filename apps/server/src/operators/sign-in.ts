import { createHmac } from "node:crypto";
import { OrchaError } from "@orcha/contract";
import { type Actor, type AuditEntry, recordAudit } from "../audit/store.ts";
import type { Database } from "../db/database.ts";
import { RateLimitedError } from "../limits/rate-limited-error.ts";
import { type AttemptLimit, countAttempt, findLock } from "./attempts-store.ts";
import { INSTALLATION, type SignedInOperator } from "./operator.ts";
import { findAccount } from "./operators-store.ts";
import type { Passwords } from "./passwords.ts";
import { SESSION_MS } from "./sessions.ts";
import { changePassword, openSession } from "./sessions-store.ts";
import { hashToken, makeToken } from "./token.ts";

const MINUTE_MS = 60_000;
const LOCK_MS = 15 * MINUTE_MS;

export interface SignInDeps {
  readonly database: Database;
  readonly passwords: Passwords;
  /** Of the installation: names accounts and networks in the table of failures. */
  readonly key: string;
  readonly now: () => number;
}

/** Where an attempt comes from. */
export interface Origin {
  /** As limits count it. */
  readonly network: string;
  /** Truncated, for the audit log. */
  readonly address: string;
}

/** Proves by a password who somebody is, with limits on guessing that every replica shares. */
export interface SignIn {
  /**
   * Opens a session and returns its token. A wrong password, an unknown and a disabled account get one answer, in one time.
   * @throws OrchaError `unauthorized`, or `rate_limited` while the account or the network is locked
   */
  open(
    credentials: { readonly email: string; readonly password: string },
    from: Origin,
  ): Promise<string>;
  /**
   * Sets another password; all sessions but the one that asks end.
   * @throws OrchaError `forbidden` when the current password is wrong, `rate_limited`
   */
  changePassword(
    operator: SignedInOperator,
    passwords: { readonly current: string; readonly next: string },
    session: string,
    from: Origin,
  ): Promise<void>;
}

export function createSignIn(deps: SignInDeps): SignIn {
  const { database, passwords, now } = deps;
  return {
    async open({ email, password }, from) {
      const subjects = await claimAttempt(deps, email, from);
      const account = await findAccount(database.reader, email);
      const isRight = await passwords.verify(password, account?.passwordHash);
      if (account?.passwordHash !== undefined && isRight && !account.isDisabled) {
        const token = makeToken();
        const opened = await database.write(openSession, {
          tokenHash: hashToken(token),
          operatorId: account.id,
          passwordHash: account.passwordHash,
          expiresAt: now() + SESSION_MS,
          now: now(),
          subjects,
          audit: entry(actorOf(account), "session.create", account.id, from, now()),
        });
        if (opened) return token;
      }
      const nobody: Actor = { kind: "system", id: "", name: "" };
      await database.write(
        recordAudit,
        entry(nobody, "session.refuse", account?.id ?? "unknown", from, now()),
      );
      throw new OrchaError("unauthorized", "This e-mail address and password do not match.");
    },

    async changePassword(operator, { current, next }, session, from) {
      const subjects = await claimAttempt(deps, operator.email, from);
      const before = (await findAccount(database.reader, operator.email))?.passwordHash;
      if (before === undefined || !(await passwords.verify(current, before))) throw wrongPassword();
      const changed = await database.write(changePassword, {
        operatorId: operator.id,
        before,
        after: await passwords.hash(next),
        tokenHash: hashToken(session),
        subjects,
        audit: entry(actorOf(operator), "operator.password", operator.id, from, now()),
      });
      if (!changed) throw wrongPassword();
    },
  };
}

/**
 * Takes one of the attempts that are left.
 * @throws OrchaError `rate_limited` when none is
 */
async function claimAttempt(deps: SignInDeps, email: string, from: Origin): Promise<string[]> {
  const { database, now } = deps;
  const limits = limitsOf(deps.key, email, from.network);
  const subjects = limits.map(({ subject }) => subject);
  if (await database.write(countAttempt, { limits, now: now() })) return subjects;
  const until = await findLock(database.reader, subjects, now());
  throw new RateLimitedError((until ?? now()) - now());
}

/** The first is of somebody's own account at somebody's own place, so it is forgotten when the password was right. */
function limitsOf(key: string, email: string, network: string): AttemptLimit[] {
  const name = (...parts: readonly string[]) =>
    createHmac("sha256", key)
      .update(JSON.stringify(["sign-in", ...parts]))
      .digest("base64url");
  const quarter = { windowMs: 15 * MINUTE_MS, lockMs: LOCK_MS };
  return [
    { subject: name("pair", email, network), most: 10, ...quarter },
    { subject: name("account", email), most: 100, windowMs: 60 * MINUTE_MS, lockMs: LOCK_MS },
    { subject: name("network", network), most: 50, ...quarter },
  ];
}

function actorOf({ id, name }: { readonly id: number; readonly name: string }): Actor {
  return { kind: "operator", id: String(id), name };
}

function entry(
  actor: Actor,
  action: string,
  target: number | string,
  { address }: Origin,
  now: number,
): AuditEntry {
  return {
    tenantId: INSTALLATION,
    actor,
    action,
    target: String(target),
    detail: {},
    address,
    now,
  };
}

function wrongPassword(): OrchaError {
  return new OrchaError("forbidden", "The current password is not right.");
}
