import {
  type AuditPage,
  auditPageSchema,
  invitationResponseSchema,
  linkSchema,
  type OperatorPage,
  type OperatorResponse,
  operatorPageSchema,
  operatorSchema,
} from "@orcha/contract";
import { afterEach, beforeEach, expect, it } from "vitest";
import { staffClient } from "../../operators/testing/staff-client.ts";
import { describeOnEveryEngine } from "../../testing/databases.ts";
import { startTestServer, type TestServer } from "../../testing/server.ts";

const SHOP = "external_widget";
const OF_SHOP = `?tenant_id=${SHOP}`;

describeOnEveryEngine("the operators' routes", (engine) => {
  let server: TestServer;
  let owner: ReturnType<typeof staffClient>;
  beforeEach(async () => {
    server = await startTestServer(engine);
    owner = staffClient(server);
    await owner.becomeOwner();
  });
  afterEach(() => server[Symbol.asyncDispose]());

  const role = (name: string, tenant_id = SHOP) => [{ tenant_id, role: name }];

  it("invite, list, change and remove", async () => {
    const invited = await owner.ask("POST", "operators?tenant_id=*", {
      email: "bob@example.com",
      name: "Bob",
      grants: role("editor"),
    });
    expect(invited.status).toBe(201);
    const { operator, link } = invitationResponseSchema.strict().parse(invited.body);
    expect(operator).toMatchObject({ state: "invited", grants: role("editor") });
    expect(link.url).toMatch(new RegExp(`^${server.url}/console/#link=[\\w-]{43}$`));

    const list = await owner.ask<OperatorPage>("GET", "operators?tenant_id=*&limit=1");
    operatorPageSchema.strict().parse(list.body);
    const rest = await owner.ask<OperatorPage>(
      "GET",
      `operators?tenant_id=*&limit=1&cursor=${list.body.next_cursor}`,
    );
    expect([...list.body.data, ...rest.body.data].map(({ name }) => name)).toEqual(["Ada", "Bob"]);
    expect(rest.body.next_cursor).toBeNull();

    const path = `operators/${operator.id}`;
    const changed = await owner.ask<OperatorResponse>("PATCH", `${path}?tenant_id=*`, {
      name: "Robert",
      grants: role("viewer", "*"),
    });
    expect(operatorSchema.strict().parse(changed.body)).toMatchObject({
      name: "Robert",
      grants: role("viewer", "*"),
    });
    const reset = await owner.ask("POST", `${path}/reset-link?tenant_id=*`, {});
    linkSchema.strict().parse(reset.body);
    expect((await owner.ask("DELETE", `${path}?tenant_id=*`)).status).toBe(200);
    expect((await owner.ask("DELETE", `${path}?tenant_id=*`)).status).toBe(404);
  });

  it("let a tenant's admin manage its people and nobody else", async () => {
    const admin = await owner.member("admin@example.com", role("admin"));
    const { id } = await admin.invite("bob@example.com", role("editor"), OF_SHOP);
    const list = await admin.ask<OperatorPage>("GET", `operators${OF_SHOP}`);
    expect(list.body.data.map(({ email }) => email)).toEqual([
      "admin@example.com",
      "bob@example.com",
    ]);
    const disable = { disabled: true };
    expect((await admin.ask("PATCH", `operators/${id}${OF_SHOP}`, disable)).status).toBe(200);

    const forbidden = [
      ["GET", "operators?tenant_id=*"],
      ["POST", "operators?tenant_id=*", { email: "x@example.com", grants: role("viewer") }],
      ["POST", `operators${OF_SHOP}`, { email: "x@example.com", grants: role("owner") }],
      ["POST", `operators${OF_SHOP}`, { email: "x@example.com", grants: role("viewer", "*") }],
      ["PATCH", `operators/${id}${OF_SHOP}`, { grants: role("owner") }],
      ["PATCH", `operators/${admin.id}${OF_SHOP}`, { grants: role("admin", "*") }],
      ["GET", "audit?tenant_id=*"],
    ] as const;
    for (const [method, path, body] of forbidden) {
      expect([path, (await admin.ask(method, path, body)).status]).toEqual([path, 403]);
    }
    const ada = (await owner.ask<OperatorPage>("GET", "operators?tenant_id=*")).body.data[0];
    expect((await admin.ask("DELETE", `operators/${ada?.id}${OF_SHOP}`)).status).toBe(404);
  });

  it("refuse those with a smaller role, and a role that was taken binds at once", async () => {
    const editor = await owner.member("bob@example.com", role("editor"));
    expect((await editor.ask("GET", `operators${OF_SHOP}`)).status).toBe(403);
    const admin = await owner.member("eve@example.com", role("admin"));
    expect((await admin.ask("GET", `operators${OF_SHOP}`)).status).toBe(200);
    await owner.ask("PATCH", `operators/${admin.id}?tenant_id=*`, { grants: role("viewer") });
    expect((await admin.ask("GET", `operators${OF_SHOP}`)).status).toBe(403);
    await owner.ask("PATCH", `operators/${admin.id}?tenant_id=*`, { disabled: true });
    expect((await admin.ask("GET", `operators${OF_SHOP}`)).status).toBe(401);
  });

  it("keep the last owner", async () => {
    const { body } = await owner.ask<OperatorPage>("GET", "operators?tenant_id=*");
    const path = `operators/${body.data[0]?.id}?tenant_id=*`;
    for (const [method, change] of [
      ["DELETE", undefined],
      ["PATCH", { disabled: true }],
      ["PATCH", { grants: role("admin", "*") }],
    ] as const) {
      const refused = await owner.ask(method, path, change);
      expect(refused.status).toBe(400);
      expect(refused.body.detail).toContain("last owner");
    }
  });

  it("refuse requests that are not as they must be", async () => {
    const email = "x@example.com";
    for (const [method, path, body, status] of [
      ["POST", "operators", { email }, 400],
      ["POST", "operators", { email, grants: [] }, 400],
      ["POST", "operators", { email, grants: role("king") }, 400],
      ["POST", "operators", { email: "x", grants: role("viewer") }, 400],
      ["POST", "operators", { email, grants: [...role("viewer"), ...role("admin")] }, 400],
      ["POST", "operators?tenant_id=*", { email, grants: role("viewer", "nothing") }, 404],
      ["POST", "operators?tenant_id=*", { email, grants: role("viewer", "a\0") }, 400],
      ["GET", "operators?tenant_id=nobody-registered-this", undefined, 404],
      ["GET", "operators?cursor=x", undefined, 400],
      ["GET", "operators?limit=0", undefined, 400],
      ["PATCH", "operators/x", {}, 404],
      ["PATCH", "operators/1", {}, 404],
      ["DELETE", "operators/99999999999999999999", undefined, 404],
    ] as const) {
      expect([path, body, (await owner.ask(method, path, body)).status]).toEqual([
        path,
        body,
        status,
      ]);
    }
  });

  it("write down who changed what, for those who may read it", async () => {
    const { id } = await owner.invite("bob@example.com", role("editor"));
    await owner.ask("PATCH", `operators/${id}${OF_SHOP}`, { grants: role("viewer") });
    const all = await owner.ask<AuditPage>("GET", "audit?tenant_id=*&limit=2");
    auditPageSchema.strict().parse(all.body);
    expect(all.body.data).toMatchObject([
      { action: "operator.change", tenant_id: SHOP, detail: { grants: role("viewer") } },
      { action: "operator.invite", tenant_id: "*", actor: { kind: "operator", name: "Ada" } },
    ]);
    const earlier = await owner.ask<AuditPage>(
      "GET",
      `audit?tenant_id=*&cursor=${all.body.next_cursor}`,
    );
    expect(earlier.body.data.map(({ action }) => action)).toEqual([
      "session.create",
      "operator.first-run",
    ]);
    const ofShop = await owner.ask<AuditPage>("GET", `audit${OF_SHOP}`);
    expect(ofShop.body.data.map(({ action }) => action)).toEqual(["operator.change"]);
  });
});
