import { afterEach, beforeEach, expect, it } from "vitest";
import type { Database } from "../db/database.ts";
import { describeOnEveryEngine, type TestStorage } from "../testing/databases.ts";
import { HOME, PASSWORD, peopleOf, setUp } from "./testing/people.ts";
import { tidyOperators } from "./tidy-store.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const WRONG = "wrong password";

describeOnEveryEngine("signing in", (engine) => {
  let storage: TestStorage;
  let database: Database;
  let people: ReturnType<typeof peopleOf>;
  const clock = { ms: 0 };
  beforeEach(async () => {
    clock.ms = 1_800_000_000_000;
    storage = await engine.create();
    database = await storage.open();
    people = peopleOf(database, clock);
    await setUp(database);
  });
  afterEach(async () => {
    await database[Symbol.asyncDispose]();
    await storage[Symbol.asyncDispose]();
  });

  const failure = (attempt: Promise<unknown>) =>
    attempt.then(
      () => "no failure",
      (error: Error & { code?: string }) => `${error.code}: ${error.message}`,
    );
  const refused = expect.stringMatching(/^unauthorized: /);
  const limited = expect.stringMatching(/^rate_limited: /);

  async function fail(times: number, email: string, network = HOME.network) {
    for (let time = 0; time < times; time++) await failure(people.signIn(email, WRONG, network));
  }

  it("opens a session that tells who somebody is and what they may do", async () => {
    const id = await people.owner();
    const token = await people.signIn("ada@example.com");
    expect(await people.find(token)).toEqual({
      id,
      email: "ada@example.com",
      name: "ada@example.com",
      grants: [{ tenantId: "*", role: "owner" }],
    });
    expect(await people.find("another token")).toBeUndefined();
  });

  it("gives a wrong password, an unknown, an invited and a disabled account one answer", async () => {
    await people.owner();
    const disabled = await people.member("off@example.com", []);
    await people.change(disabled, { disabled: true });
    await people.invite("invited@example.com", []);
    const answers = [
      await failure(people.signIn("ada@example.com", WRONG)),
      await failure(people.signIn("nobody@example.com")),
      await failure(people.signIn("off@example.com")),
      await failure(people.signIn("invited@example.com")),
    ];
    expect(answers[0]).toEqual(refused);
    expect(new Set(answers).size).toBe(1);
  });

  it("ends after twelve idle hours, and after seven days however busy", async () => {
    await people.owner();
    const idle = await people.signIn("ada@example.com");
    clock.ms += 12 * HOUR - 1;
    expect(await people.find(idle)).toBeDefined();
    clock.ms += 12 * HOUR;
    expect(await people.find(idle)).toBeUndefined();

    const busy = await people.signIn("ada@example.com");
    for (let hour = 1; hour < 7 * 24; hour++) {
      clock.ms += HOUR;
      expect(await people.find(busy)).toBeDefined();
    }
    clock.ms += HOUR;
    expect(await people.find(busy)).toBeUndefined();
  });

  it("is over at once for a disabled or removed operator, on every replica", async () => {
    await people.owner();
    const id = await people.member("bob@example.com", [{ tenantId: "*", role: "editor" }]);
    await using other = await storage.open();
    const replica = peopleOf(other, clock);
    const token = await people.signIn("bob@example.com");
    expect(await replica.find(token)).toBeDefined();

    await people.change(id, { grants: [{ tenantId: "*", role: "viewer" }] });
    expect((await replica.find(token))?.grants).toEqual([{ tenantId: "*", role: "viewer" }]);
    await people.change(id, { disabled: true });
    expect(await replica.find(token)).toBeUndefined();
    await people.change(id, { disabled: false });
    expect(await replica.find(token)).toBeUndefined();

    const again = await people.signIn("bob@example.com");
    await people.remove(id);
    expect(await replica.find(again)).toBeUndefined();
  });

  it("is over also when it begins at the moment of disabling", async () => {
    await people.owner();
    const rounds = Array.from({ length: 10 }, (_, number) => `user${number}@example.com`);
    for (const email of rounds) {
      const id = await people.member(email, []);
      const attempts = Array.from({ length: 5 }, (_, place) =>
        people.signIn(email, PASSWORD, `198.51.100.${place}`).catch(() => ""),
      );
      await people.change(id, { disabled: true });
      const tokens = await Promise.all(attempts);
      await people.change(id, { disabled: false });
      for (const token of tokens) expect(await people.find(token)).toBeUndefined();
    }
  });

  it("changes a password for who knows it, and ends the other sessions", async () => {
    await people.owner();
    const [kept, lost] = [
      await people.signIn("ada@example.com"),
      await people.signIn("ada@example.com"),
    ];
    const ada = await people.find(kept);
    if (!ada) throw new Error("Ada is not signed in.");
    const change = (current: string) =>
      people.changePassword(ada, { current, next: "battery staple" }, kept, HOME);
    expect(await failure(change(WRONG))).toMatch(/^forbidden: /);
    expect(await people.find(lost)).toBeDefined();

    await change(PASSWORD);
    expect(await people.find(kept)).toBeDefined();
    expect(await people.find(lost)).toBeUndefined();
    expect(await failure(people.signIn("ada@example.com"))).toEqual(refused);
    await people.signIn("ada@example.com", "battery staple");
  });

  it("is over also when the old password opened it at the moment of the change", async () => {
    await people.owner();
    const kept = await people.signIn("ada@example.com");
    const ada = await people.find(kept);
    if (!ada) throw new Error("Ada is not signed in.");
    const passwords = Array.from({ length: 11 }, (_, number) => `correct horse ${number}`);
    await people.changePassword(ada, { current: PASSWORD, next: "correct horse 0" }, kept, HOME);
    for (const [number, current] of passwords.slice(0, -1).entries()) {
      const attempts = Array.from({ length: 5 }, (_, place) =>
        people.signIn("ada@example.com", current, `198.51.100.${place}`).catch(() => ""),
      );
      const next = passwords[number + 1] ?? "";
      await people.changePassword(ada, { current, next }, kept, HOME);
      for (const token of await Promise.all(attempts)) {
        expect(await people.find(token)).toBeUndefined();
      }
    }
  });

  it.each(["ada@example.com", "nobody@example.com"])(
    "locks %s at one place for a quarter of an hour after ten failures",
    async (email) => {
      await people.owner();
      for (let time = 1; time <= 10; time++) {
        expect(await failure(people.signIn(email, WRONG))).toEqual(refused);
      }
      await expect(people.signIn(email)).rejects.toMatchObject({ retryAfterSeconds: 900 });
      clock.ms += 15 * MINUTE - 1;
      expect(await failure(people.signIn(email))).toEqual(limited);
      clock.ms += 1;
      expect(await failure(people.signIn(email, WRONG))).toEqual(refused);
    },
  );

  it("keeps the lock from other places, other accounts and other replicas apart or together", async () => {
    await people.owner();
    await people.member("bob@example.com", []);
    await fail(10, "ada@example.com");
    await using other = await storage.open();
    const replica = peopleOf(other, clock);
    expect(await failure(replica.signIn("ada@example.com"))).toEqual(limited);
    await replica.signIn("bob@example.com");
    await replica.signIn("ada@example.com", PASSWORD, "198.51.100.1");
  });

  it("lets ten through of many attempts at one moment", async () => {
    await people.owner();
    await using other = await storage.open();
    const replica = peopleOf(other, clock);
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, number) =>
        failure((number % 2 ? people : replica).signIn("ada@example.com", WRONG)),
      ),
    );
    expect(answers.filter((answer) => answer.startsWith("unauthorized"))).toHaveLength(10);
    expect(answers.filter((answer) => answer.startsWith("rate_limited"))).toHaveLength(30);
  });

  it("forgets the failures of who signs in, and of an hour ago", async () => {
    await people.owner();
    await fail(9, "ada@example.com");
    await people.signIn("ada@example.com");
    await fail(9, "ada@example.com");
    await people.signIn("ada@example.com");
    await fail(9, "ada@example.com");
    clock.ms += 15 * MINUTE;
    await fail(9, "ada@example.com");
    await people.signIn("ada@example.com");
  });

  it.each(["ada@example.com", "nobody@example.com"])(
    "locks %s everywhere after a hundred failures in an hour",
    async (email) => {
      await people.owner();
      for (let place = 0; place < 11; place++) await fail(9, email, `198.51.100.${place}`);
      expect(await failure(people.signIn(email, WRONG, "203.0.113.1"))).toEqual(refused);
      await expect(people.signIn(email, PASSWORD, "203.0.113.2")).rejects.toMatchObject({
        retryAfterSeconds: 900,
      });
      clock.ms += 15 * MINUTE;
      expect(await failure(people.signIn(email, WRONG, "203.0.113.2"))).toEqual(refused);
    },
  );

  it("locks a network that tries one account after the other", async () => {
    await people.owner();
    for (let account = 0; account < 50; account++) await fail(1, `user${account}@example.com`);
    expect(await failure(people.signIn("ada@example.com"))).toEqual(limited);
    await people.signIn("ada@example.com", PASSWORD, "198.51.100.1");
  });

  it("is recorded, without a password and without the address of an unknown account", async () => {
    const id = await people.owner();
    await people.signIn("ada@example.com");
    await fail(1, "ada@example.com");
    await fail(1, "secret-typed-as-address");
    const rows = await database.reader.query(
      "*",
      database.reader.builder.selectFrom("audit_log").selectAll().orderBy("id"),
    );
    expect(rows.map(({ action, actor_id, target }) => [action, actor_id, target])).toEqual([
      ["operator.first-run", String(id), String(id)],
      ["session.create", String(id), String(id)],
      ["session.refuse", "", String(id)],
      ["session.refuse", "", "unknown"],
    ]);
    const tables = await Promise.all(
      (["audit_log", "sign_in_failures", "operator_sessions"] as const).map(async (table) =>
        database.reader.query("*", database.reader.builder.selectFrom(table).selectAll()),
      ),
    );
    const text = JSON.stringify(tables);
    for (const secret of [WRONG, PASSWORD, "secret-typed", HOME.network]) {
      expect(text).not.toContain(secret);
    }
  });

  it("leaves nothing behind in the tables", async () => {
    await people.owner();
    await people.member("bob@example.com", []);
    await people.invite("eve@example.com", []);
    await fail(10, "ada@example.com");
    await people.signIn("bob@example.com", PASSWORD, "198.51.100.1");
    const count = async () => {
      await tidyOperators(database, clock.ms);
      const tables = ["operator_sessions", "operator_links", "sign_in_failures"] as const;
      const rows = tables.map(async (table) =>
        database.reader.query("*", database.reader.builder.selectFrom(table).selectAll()),
      );
      return (await Promise.all(rows)).map(({ length }) => length);
    };
    const before = await count();
    expect(before.slice(0, 2)).toEqual([1, 1]);
    expect(before[2]).toBeGreaterThan(2);
    clock.ms += 7 * 24 * HOUR;
    expect(await count()).toEqual([0, 0, 0]);
  });
});
