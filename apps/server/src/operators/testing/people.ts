import type { AuditEntry } from "../../audit/store.ts";
import type { Database } from "../../db/database.ts";
import { setUpDatabase } from "../../tenants/set-up.ts";
import { makeFirstRunLink, takeLink } from "../links.ts";
import { change, invite, makeResetLink, remove } from "../manage.ts";
import type { Manager } from "../manager.ts";
import { findAccount } from "../operators-store.ts";
import type { Passwords } from "../passwords.ts";
import type { Grant } from "../permissions.ts";
import { createSessionFinder } from "../sessions.ts";
import { createSignIn } from "../sign-in.ts";

export const PASSWORD = "correct horse";
export const HOME = { network: "192.0.2.7", address: "192.0.2.0" };
export const OWNER: Manager = { scope: "*", rank: "installation-owner" };

/** Hashes that cost nothing, for tests of what stands around them. */
const quickPasswords: Passwords = {
  hash: async (password) => `hash of ${password}`,
  verify: async (password, stored) => stored === `hash of ${password}`,
};

/** One replica's view of the operators, with a clock that the test turns. */
export function peopleOf(database: Database, clock: { ms: number }) {
  const now = () => clock.ms;
  const deps = { database, now, passwords: quickPasswords, key: "a key" };
  const signIn = createSignIn(deps);
  const audit = (action = "test", target = ""): AuditEntry => ({
    tenantId: "*",
    actor: { kind: "operator", id: "1", name: "Ada" },
    action,
    target,
    detail: {},
    address: "",
    now: now(),
  });
  const people = {
    firstRunLink: async () => (await makeFirstRunLink(database, now())) ?? "",
    take: (token: string, fields: { email?: string; name?: string; password?: string } = {}) =>
      takeLink(deps, {
        token,
        password: fields.password ?? PASSWORD,
        name: fields.name,
        email: fields.email,
        address: HOME.address,
      }),
    signIn: (email: string, password = PASSWORD, network = HOME.network) =>
      signIn.open({ email, password }, { ...HOME, network }),
    changePassword: signIn.changePassword,
    find: createSessionFinder(deps),
    invite: (email: string, grants: readonly Grant[], manager: Manager = OWNER) =>
      invite(database, manager, { email, name: "", grants }, audit("operator.invite")),
    change: (id: number, wanted: Parameters<typeof change>[1]["change"], manager = OWNER) =>
      change(database, {
        id,
        manager,
        audit: audit("operator.change", String(id)),
        change: wanted,
      }),
    remove: (id: number, manager = OWNER) => remove(database, { id, manager, audit: audit() }),
    reset: (id: number, manager = OWNER) =>
      makeResetLink(database, { id, manager, audit: audit() }),
    /** An operator who has a password. */
    async member(email: string, grants: readonly Grant[]): Promise<number> {
      const { operator, link } = await people.invite(email, grants);
      await people.take(link.token);
      return operator.id;
    },
    /** The first owner. */
    async owner(email = "ada@example.com"): Promise<number> {
      await people.take(await people.firstRunLink(), { email });
      return (await findAccount(database.reader, email))?.id ?? 0;
    },
  };
  return people;
}

export async function setUp(database: Database): Promise<void> {
  await setUpDatabase(database, { tenantId: "external_widget", userId: 1, now: 1 });
}
