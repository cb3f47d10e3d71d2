import { OrchaError } from "@orcha/contract";
import type { Database } from "../db/database.ts";
import {
  acceptLink,
  findLink,
  type LinkPurpose,
  type NewLink,
  type OpenLink,
  replaceFirstRunLink,
} from "./links-store.ts";
import { anyOperatorExists } from "./operators-store.ts";
import type { Passwords } from "./passwords.ts";
import { hashToken, makeToken } from "./token.ts";

const DAY_MS = 86_400_000;
const LIFE_MS: Readonly<Record<LinkPurpose, number>> = {
  "first-run": 7 * DAY_MS,
  invitation: 7 * DAY_MS,
  reset: DAY_MS,
};

/** A link that was just made: only now is its token known. */
export interface OneTimeLink extends NewLink {
  readonly token: string;
}

export function makeLink(purpose: LinkPurpose, now: number): OneTimeLink {
  const token = makeToken();
  return { token, tokenHash: hashToken(token), purpose, expiresAt: now + LIFE_MS[purpose] };
}

/** Where a link leads: the token stands in the fragment, which no browser sends and no log shows. */
export function addressOfLink(origin: string, token: string): string {
  return `${origin}/console/#link=${token}`;
}

/** The token of a link for the first operator, in place of an earlier one; undefined once there is an operator. */
export async function makeFirstRunLink(
  database: Database,
  now: number,
): Promise<string | undefined> {
  // Reading first saves every later start from waiting for the writer.
  if (await anyOperatorExists(database.reader)) return undefined;
  const { token, ...link } = makeLink("first-run", now);
  return (await database.write(replaceFirstRunLink, { link, now })) ? token : undefined;
}

/** @throws OrchaError `not_found` for a link that cannot be taken */
export async function checkLink(database: Database, token: string, now: number): Promise<OpenLink> {
  const link = await findLink(database.reader, hashToken(token), now);
  if (!link) throw linkIsGone();
  return link;
}

export interface TakenLink {
  readonly token: string;
  readonly password: string;
  readonly name: string | undefined;
  readonly email: string | undefined;
  readonly address: string;
}

/**
 * Takes a link: sets the operator's password, or makes the first owner.
 * @throws OrchaError `not_found` when it cannot be taken any more, `invalid_request` when the first owner names no address
 */
export async function takeLink(
  deps: { readonly database: Database; readonly passwords: Passwords; readonly now: () => number },
  { token, password, name = "", email = "", address }: TakenLink,
): Promise<{ readonly email: string }> {
  const { database, passwords, now } = deps;
  const link = await checkLink(database, token, now());
  if (!link.operator && email === "") {
    throw new OrchaError("invalid_request", "email must be an e-mail address.");
  }
  const taken = await database.write(acceptLink, {
    tokenHash: hashToken(token),
    passwordHash: await passwords.hash(password),
    name,
    email,
    audit: { address, now: now() },
  });
  if (!taken) throw linkIsGone();
  return taken;
}

function linkIsGone(): OrchaError {
  return new OrchaError(
    "not_found",
    "This link was used already, was replaced, or is too old. Ask for another one.",
  );
}
