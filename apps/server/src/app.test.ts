import { afterEach, beforeEach, expect, it } from "vitest";
import * as z from "zod";
import { describeOnEveryEngine } from "./testing/databases.ts";
import { startTestServer, type TestServer } from "./testing/server.ts";

const documentSchema = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), z.looseObject({ operationId: z.string() }))),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});

function operationIds({ paths }: z.output<typeof documentSchema>): string[] {
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
  return operations.map(({ operationId }) => operationId);
}

describeOnEveryEngine("server", (engine) => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startTestServer(engine);
  });
  afterEach(() => server[Symbol.asyncDispose]());

  it("says that it is alive and ready", async () => {
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  });

  it("tells a path that does not exist from a method that does not", async () => {
    const missing = await fetch(`${server.url}/api/v1/orcha/nothing`);
    expect(missing.status).toBe(404);
    expect(await missing.json()).toMatchObject({ code: "not_found", status: 404 });
    const wrong = await fetch(`${server.url}/healthz`, { method: "POST" });
    expect(wrong.status).toBe(405);
    expect(await wrong.json()).toMatchObject({ code: "method_not_allowed" });
  });

  it("names every request, so that a person can point to it in the log", async () => {
    const response = await fetch(`${server.url}/healthz`);
    expect(response.headers.get("x-request-id")).toMatch(/^[\w-]{36}$/);
  });

  it("documents every route that it has, and none that it has not", async () => {
    const response = await fetch(`${server.url}/openapi.json`);
    const document = documentSchema.parse(await response.json());
    const documented = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const served = server.routes
      .filter(({ path }) => path !== "/openapi.json")
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)(\{[^}]*\})?/g, "{$1}")}`);
    expect(documented.toSorted()).toEqual(served.toSorted());
    expect(document).toMatchObject({ openapi: "3.1.0", info: { version: "0.0.0" } });
    expect(new Set(operationIds(document)).size).toBe(documented.length);
  });

  it("names no schema in its document that the document does not have", async () => {
    const text = await (await fetch(`${server.url}/openapi.json`)).text();
    const { components } = documentSchema.parse(JSON.parse(text));
    const named = text.matchAll(/"#\/components\/schemas\/([^"]+)"/g);
    for (const [, name = ""] of named) expect(Object.keys(components.schemas)).toContain(name);
  });

  it("gives a visitor's secret, and the same again to the one who has it", async () => {
    const visitor = await server.visitor();
    const again = await fetch(`${server.url}/api/v1/orcha/visitor`, {
      method: "POST",
      headers: { cookie: `other=1; aura_v=${visitor}` },
    });
    expect(await again.json()).toEqual({ visitor });
    expect(again.headers.get("set-cookie")).toBeNull();
  });

  it("sets cookies that the widget's frame can send, on loopback and nowhere else over http", async () => {
    const fresh = await fetch(`${server.url}/api/v1/orcha/visitor`, { method: "POST" });
    const cookies = fresh.headers.getSetCookie();
    expect(cookies[0]).toMatch(
      /^__Host-aura_v=v1\..+; Max-Age=15552000; Path=\/; HttpOnly; Secure; SameSite=None; Partitioned$/,
    );
    expect(cookies[1]).toMatch(/^aura_v=v1\..+; HttpOnly; SameSite=Lax$/);
  });
});
