import { grantSchema, inviteRequestSchema } from "@orcha/contract";
import type { Actor, AuditEntry } from "../audit/store.ts";
import { type Config, loadConfig } from "../config/config.ts";
import type { Database } from "../db/database.ts";
import type { Installation } from "../installation.ts";
import { openDatabase } from "../open-database.ts";
import { addressOfLink, type OneTimeLink } from "../operators/links.ts";
import { change, invite, makeResetLink } from "../operators/manage.ts";
import type { Manager } from "../operators/manager.ts";
import { INSTALLATION, type Operator } from "../operators/operator.ts";
import { findAccount, listOperators } from "../operators/operators-store.ts";
import { SetUpError, setUpDatabase } from "../tenants/set-up.ts";

const PAGE = 200;
const COMMAND: Actor = { kind: "command", id: "", name: "orcha" };
/** Whoever may run commands on the server may do everything. */
const MANAGER: Manager = { scope: INSTALLATION, rank: "installation-owner" };

export interface OperatorInviteArgs {
  readonly email: string;
  readonly role: string;
  /** Without it the role is over the whole installation. */
  readonly tenant?: string | undefined;
  readonly name?: string | undefined;
}

/** `orcha operator list`: everybody with their roles. */
export async function runOperatorList(installation: Installation): Promise<void> {
  await withDatabase(installation, async ({ database }) => {
    let after: number | undefined = 0;
    while (after !== undefined) {
      const page = await listOperators(database.reader, INSTALLATION, { after, limit: PAGE });
      for (const operator of page.operators) say(describe(operator));
      after = page.next;
    }
  });
}

/** `orcha operator invite`: adds somebody and prints the link that lets them in. */
export async function runOperatorInvite(
  installation: Installation,
  args: OperatorInviteArgs,
): Promise<void> {
  const grant = { tenant_id: args.tenant ?? INSTALLATION, role: args.role };
  const role = grantSchema.safeParse(grant);
  if (!role.success) {
    throw new SetUpError(`--role must be owner, admin, editor or viewer, not "${args.role}".`);
  }
  const wanted = { email: args.email, name: args.name ?? "", grants: [role.data] };
  const fields = inviteRequestSchema.safeParse(wanted);
  if (!fields.success) {
    throw new SetUpError(`--email must be an e-mail address, not "${args.email}".`);
  }
  await withDatabase(installation, async ({ database, config }) => {
    const { email, name } = fields.data;
    const grants = [{ tenantId: role.data.tenant_id, role: role.data.role }];
    const audit = entry("operator.invite", "", { grants: fields.data.grants });
    const { link } = await invite(database, MANAGER, { email, name, grants }, audit);
    say(`${email} was invited. This link works once:`);
    sayLink(config, link);
  });
}

/** `orcha operator reset`: prints a link to set another password. */
export async function runOperatorReset(
  installation: Installation,
  args: { readonly email: string },
): Promise<void> {
  await withDatabase(installation, async ({ database, config }) => {
    const id = await idOf(database, args.email);
    const audit = entry("operator.reset-link", String(id));
    const link = await makeResetLink(database, { id, manager: MANAGER, audit });
    say("Whoever opens this link sets the password. It works once:");
    sayLink(config, link);
  });
}

/** `orcha operator disable`: ends all sessions of somebody, who cannot sign in any more. */
export async function runOperatorDisable(
  installation: Installation,
  args: { readonly email: string },
): Promise<void> {
  await withDatabase(installation, async ({ database }) => {
    const id = await idOf(database, args.email);
    const audit = entry("operator.change", String(id), { disabled: true });
    await change(database, { id, manager: MANAGER, audit, change: { disabled: true } });
    say(`${args.email} is disabled and signed out everywhere.`);
  });
}

async function withDatabase(
  installation: Installation,
  work: (opened: { readonly database: Database; readonly config: Config }) => Promise<void>,
): Promise<void> {
  const config = loadConfig(installation.env);
  await using database = await openDatabase(config, installation.writerScript);
  await setUpDatabase(database, {
    tenantId: config.DEFAULT_WIDGET_TENANT_ID,
    userId: config.DEFAULT_WIDGET_USER_ID,
    now: Date.now(),
  });
  await work({ database, config });
}

async function idOf(database: Database, email: string): Promise<number> {
  const account = await findAccount(database.reader, email.trim().toLowerCase());
  if (!account) throw new SetUpError(`No operator has the e-mail address ${email}.`);
  return account.id;
}

function entry(action: string, target: string, detail: AuditEntry["detail"] = {}): AuditEntry {
  const now = Date.now();
  return { tenantId: INSTALLATION, actor: COMMAND, action, target, detail, address: "", now };
}

function describe({ email, name, state, grants }: Operator): string {
  const roles = grants.map(({ tenantId, role }) =>
    tenantId === INSTALLATION ? role : `${role} of ${tenantId}`,
  );
  return [email, name, state, roles.join(", ") || "no role"].filter(Boolean).join("  ");
}

function sayLink(
  { ORCHA_PUBLIC_URL, HOST, PORT }: Config,
  { token, expiresAt }: OneTimeLink,
): void {
  const isAnywhere = HOST === "0.0.0.0" || HOST === "::" || HOST === "127.0.0.1";
  const host = HOST.includes(":") && !isAnywhere ? `[${HOST}]` : HOST;
  const origin = ORCHA_PUBLIC_URL ?? `http://${isAnywhere ? "localhost" : host}:${PORT}`;
  say(addressOfLink(origin, token));
  say(`It is valid until ${new Date(expiresAt).toISOString()}.`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
