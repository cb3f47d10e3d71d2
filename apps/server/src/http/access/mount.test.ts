import { Hono } from "hono";
import { expect, it } from "vitest";
import { routesWithoutPolicy } from "../../app.ts";
import type { Env } from "../context.ts";
import { type GateDeps, mountRoutes } from "./mount.ts";
import { openRoute, type StaffRoute } from "./route.ts";

const nobody: GateDeps = {
  visitor: { visitorKey: "key", publicUrl: undefined },
  publicUrl: undefined,
  defaultTenantId: "external_widget",
  resolveTenant: () => Promise.reject(new Error("nothing is resolved")),
  findKey: async () => undefined,
  findOperator: async () => undefined,
  verifyToken: () => Promise.reject(new Error("nothing is verified")),
  tenantClaimOf: () => undefined,
  userOfSubject: async () => 1,
  networkOf: () => "192.0.2.1",
  addressOf: () => "192.0.2.0/24",
  limitRequests: () => {},
  countMiss: async () => {},
  now: () => 0,
};
const page = openRoute("/page", (c) => c.text("a page"));
const audit: StaffRoute = {
  method: "GET",
  path: "/audit",
  policy: { for: "staff", permission: "admin", over: "tenant" },
  handle: async (c) => c.text("the audit log"),
};

it("finds a route that was mounted without a policy", () => {
  const app = new Hono<Env>();
  mountRoutes(app, [page, audit], nobody);
  expect(routesWithoutPolicy(app, [page, audit])).toEqual([]);
  app.get("/planted", (c) => c.text("everything"));
  expect(routesWithoutPolicy(app, [page, audit])).toEqual(["GET /planted"]);
});

it("reaches no handler of a guarded route for somebody without a credential", async () => {
  const app = new Hono<Env>();
  mountRoutes(app, [page, audit], nobody);
  app.onError((error, c) => c.text(error.message, 401));
  expect(await (await app.request("/page")).text()).toBe("a page");
  const refused = await app.request("/audit");
  expect([refused.status, await refused.text()]).toEqual([401, "Please sign in."]);
});
