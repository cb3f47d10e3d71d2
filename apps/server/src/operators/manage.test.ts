import { afterEach, beforeEach, expect, it } from "vitest";
import type { Database } from "../db/database.ts";
import { describeOnEveryEngine, type TestStorage } from "../testing/databases.ts";
import { checkLink } from "./links.ts";
import type { Manager } from "./manager.ts";
import { listOperators } from "./operators-store.ts";
import { OWNER, PASSWORD, peopleOf, setUp } from "./testing/people.ts";

const DAY = 86_400_000;
const SHOP = "external_widget";
const ADMIN: Manager = { scope: SHOP, rank: "admin" };

describeOnEveryEngine("operators", (engine) => {
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

  const codeOf = (attempt: Promise<unknown>) =>
    attempt.then(
      () => "done",
      (error: { code?: string }) => error.code,
    );
  const everybody = async () =>
    (await listOperators(database.reader, "*", { after: 0, limit: 50 })).operators;
  const find = async (id: number) => (await everybody()).find((operator) => operator.id === id);

  it("begin with the one who takes the first-run link, and there is no such link afterwards", async () => {
    const older = await people.firstRunLink();
    const newer = await people.firstRunLink();
    expect(await codeOf(people.take(older, { email: "ada@example.com" }))).toBe("not_found");
    expect(await codeOf(people.take(newer))).toBe("invalid_request");
    await people.take(newer, { email: "ada@example.com", name: "Ada" });
    expect(await codeOf(people.take(newer, { email: "eve@example.com" }))).toBe("not_found");
    expect(await people.firstRunLink()).toBe("");
    expect(await everybody()).toMatchObject([
      { email: "ada@example.com", name: "Ada", grants: [{ tenantId: "*", role: "owner" }] },
    ]);
  });

  it("have one first owner when many take links of two servers at one moment", async () => {
    await using other = await storage.open();
    const replica = peopleOf(other, clock);
    const links = await Promise.all([people.firstRunLink(), replica.firstRunLink()]);
    const takes = Array.from({ length: 40 }, (_, number) =>
      codeOf(
        (number % 2 ? people : replica).take(links[number % 4 < 2 ? 0 : 1] ?? "", {
          email: `user${number}@example.com`,
        }),
      ),
    );
    expect((await Promise.all(takes)).filter((code) => code === "done")).toHaveLength(1);
    expect(await everybody()).toHaveLength(1);
  });

  it("come in by an invitation that works once, for a week", async () => {
    await people.owner();
    const grants = [{ tenantId: SHOP, role: "editor" }] as const;
    const { operator, link } = await people.invite("bob@example.com", grants);
    expect(operator.state).toBe("invited");
    clock.ms += 7 * DAY - 1;
    expect(await checkLink(database, link.token, clock.ms)).toMatchObject({
      purpose: "invitation",
      operator: { email: "bob@example.com" },
    });
    const race = [people.take(link.token), people.take(link.token), people.take(link.token)];
    const codes = await Promise.all(race.map(codeOf));
    expect(codes.sort()).toEqual(["done", "not_found", "not_found"]);
    expect((await find(operator.id))?.state).toBe("active");
    await people.signIn("bob@example.com");

    const late = await people.invite("eve@example.com", grants);
    clock.ms += 7 * DAY;
    expect(await codeOf(people.take(late.link.token))).toBe("not_found");
    expect(await codeOf(people.invite("bob@example.com", grants))).toBe("invalid_request");
  });

  it("set a new password by a reset link of a day, which ends their sessions", async () => {
    const id = await people.owner();
    const session = await people.signIn("ada@example.com");
    const first = await people.reset(id);
    const second = await people.reset(id);
    expect(await people.find(session)).toBeDefined();
    expect(await codeOf(people.take(first.token))).toBe("not_found");
    await people.take(second.token, { password: "battery staple" });
    expect(await people.find(session)).toBeUndefined();
    expect(await codeOf(people.signIn("ada@example.com", PASSWORD))).toBe("unauthorized");
    await people.signIn("ada@example.com", "battery staple");

    const late = await people.reset(id);
    clock.ms += DAY;
    expect(await codeOf(people.take(late.token))).toBe("not_found");
  });

  it("cannot take a link once they are disabled", async () => {
    await people.owner();
    const { operator, link } = await people.invite("bob@example.com", []);
    await people.change(operator.id, { disabled: true });
    expect(await codeOf(people.take(link.token))).toBe("not_found");
    expect(await codeOf(people.reset(operator.id))).toBe("invalid_request");
  });

  it("always keep an owner who can sign in", async () => {
    const ada = await people.owner();
    await people.invite("invited@example.com", [{ tenantId: "*", role: "owner" }]);
    const attempts = [
      () => people.remove(ada),
      () => people.change(ada, { disabled: true }),
      () => people.change(ada, { grants: [] }),
      () => people.change(ada, { grants: [{ tenantId: "*", role: "admin" }] }),
    ];
    for (const attempt of attempts) expect(await codeOf(attempt())).toBe("invalid_request");

    const bob = await people.member("bob@example.com", [{ tenantId: "*", role: "owner" }]);
    await people.change(ada, { grants: [{ tenantId: "*", role: "admin" }] });
    expect(await codeOf(people.remove(bob))).toBe("invalid_request");
  });

  it("keep one of ten owners who remove each other at one moment", async () => {
    const owners = [await people.owner()];
    for (let number = 1; number < 10; number++) {
      const grants = [{ tenantId: "*", role: "owner" }] as const;
      owners.push(await people.member(`user${number}@example.com`, grants));
    }
    await using other = await storage.open();
    const replica = peopleOf(other, clock);
    const attempts = owners.map((id, number) =>
      codeOf(number % 2 ? people.remove(id) : replica.change(id, { disabled: true })),
    );
    const codes = await Promise.all(attempts);
    expect(codes.filter((code) => code === "invalid_request")).toHaveLength(1);
    const left = (await everybody()).filter(({ state }) => state === "active");
    expect(left).toHaveLength(1);
  });

  it("of a tenant are managed by its admins, up to their own role", async () => {
    await people.owner();
    const editor = [{ tenantId: SHOP, role: "editor" }] as const;
    const { operator } = await people.invite("bob@example.com", editor, ADMIN);
    await people.change(operator.id, { grants: [{ tenantId: SHOP, role: "admin" }] }, ADMIN);
    await people.change(operator.id, { name: "Bob", disabled: true }, ADMIN);
    expect(await find(operator.id)).toMatchObject({ name: "Bob", state: "disabled" });

    const forbidden = [
      () => people.invite("eve@example.com", [{ tenantId: SHOP, role: "owner" }], ADMIN),
      () => people.invite("eve@example.com", [{ tenantId: "*", role: "viewer" }], ADMIN),
      () => people.invite("eve@example.com", [{ tenantId: "other", role: "viewer" }], ADMIN),
      () => people.change(operator.id, { grants: [{ tenantId: SHOP, role: "owner" }] }, ADMIN),
    ];
    for (const attempt of forbidden) expect(await codeOf(attempt())).toBe("forbidden");
    expect(
      await codeOf(people.invite("x@example.com", [{ tenantId: "none", role: "admin" }])),
    ).toBe("tenant_not_found");
  });

  it("of several tenants lose at most their role over one to its admins", async () => {
    const ada = await people.owner();
    const both = await people.member("both@example.com", [
      { tenantId: SHOP, role: "editor" },
      { tenantId: "*", role: "viewer" },
    ]);
    for (const attempt of [
      () => people.reset(both, ADMIN),
      () => people.remove(both, ADMIN),
      () => people.change(both, { disabled: true }, ADMIN),
      () => people.change(both, { name: "X" }, ADMIN),
    ]) {
      expect(await codeOf(attempt())).toBe("forbidden");
    }
    expect(await codeOf(people.reset(ada, ADMIN))).toBe("not_found");
    await people.change(both, { grants: [] }, ADMIN);
    expect((await find(both))?.grants).toEqual([{ tenantId: "*", role: "viewer" }]);
  });

  it("of the installation are managed by its owners only", async () => {
    await people.owner();
    const bob = await people.member("bob@example.com", []);
    const admin: Manager = { scope: "*", rank: "none" };
    const grants = [{ tenantId: SHOP, role: "viewer" }] as const;
    expect(await codeOf(people.invite("eve@example.com", grants, admin))).toBe("forbidden");
    await people.change(bob, { grants: [{ tenantId: "*", role: "admin" }] });
    expect(await codeOf(people.reset(bob, admin))).toBe("forbidden");
    expect(await codeOf(people.reset(bob, OWNER))).toBe("done");
  });

  it("are listed by page, to a tenant only its own and their roles there", async () => {
    await people.owner();
    for (const number of [1, 2, 3]) {
      await people.invite(`user${number}@example.com`, [
        { tenantId: SHOP, role: "viewer" },
        { tenantId: "*", role: "viewer" },
      ]);
    }
    const list = (tenantId: string, after: number) =>
      listOperators(database.reader, tenantId, { after, limit: 2 });
    const first = await list(SHOP, 0);
    const second = await list(SHOP, first.next ?? 0);
    expect([...first.operators, ...second.operators].map(({ email }) => email)).toEqual([
      "user1@example.com",
      "user2@example.com",
      "user3@example.com",
    ]);
    expect(second.operators[0]?.grants).toEqual([{ tenantId: SHOP, role: "viewer" }]);
    expect(second.next).toBeUndefined();
    expect(await everybody()).toHaveLength(4);
  });
});
