import { secretDeletionSchema, secretListSchema, secretSchema } from "@orcha/contract";
import { afterEach, beforeEach, expect, it } from "vitest";
import { giveKey } from "../../privacy/testing/credentials.ts";
import { describeOnEveryEngine } from "../../testing/databases.ts";
import { startTestServer, type TestServer } from "../../testing/server.ts";

const TENANT = "external_widget";
const SECRET = "a shared secret of more than 32 bytes";

describeOnEveryEngine("secrets over the API", (engine) => {
  let server: TestServer;
  let admin: Record<string, string>;
  beforeEach(async () => {
    server = await startTestServer(engine, {
      env: { ORCHA_SECRET_KEYS: Buffer.alloc(32, 1).toString("base64") },
    });
    admin = await giveKey(server.database, TENANT, ["admin"]);
  });
  afterEach(() => server[Symbol.asyncDispose]());

  const ask = (method: string, path = "", body?: unknown, headers = admin) =>
    fetch(`${server.url}/api/v1/orcha/admin/secrets${path}`, {
      method,
      headers: { ...headers, ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });

  it("go in, are listed by name, and go; none comes out", async () => {
    const put = await ask("PUT", "/jwt/main", { value: SECRET });
    expect(secretSchema.strict().parse(await put.json())).toMatchObject({
      kind: "jwt",
      name: "main",
    });
    await ask("PUT", "/model/openai", { value: "sk-provider" });
    const text = await (await ask("GET")).text();
    expect(text).not.toMatch(/shared secret|sk-provider/);
    const { data } = secretListSchema.strict().parse(JSON.parse(text));
    expect(data.map(({ kind, name }) => `${kind}/${name}`)).toEqual(["jwt/main", "model/openai"]);
    const gone = await ask("DELETE", "/jwt/main");
    expect(secretDeletionSchema.strict().parse(await gone.json())).toEqual({
      kind: "jwt",
      name: "main",
      deleted: true,
    });
    expect((await ask("DELETE", "/jwt/main")).status).toBe(404);
  });

  it("refuse what they cannot be", async () => {
    const refused: [string, unknown][] = [
      ["/jwt/main", { value: "short" }],
      ["/jwt/main", { value: "" }],
      ["/jwt/main", {}],
      ["/jwt/main", { value: SECRET, more: 1 }],
      ["/jwt/main", { value: "x".repeat(5000) }],
      ["/jwt/with%20space", { value: SECRET }],
      ["/jwt/%00", { value: SECRET }],
      [`/jwt/${"k".repeat(101)}`, { value: SECRET }],
      ["/model/unknown", { value: SECRET }],
      ["/other/main", { value: SECRET }],
      ["/jwt/main?tenant_id=*", { value: SECRET }],
    ];
    const every = await giveKey(server.database, "*", ["admin"]);
    for (const [path, body] of refused) {
      const response = await ask("PUT", path, body, every);
      expect([path, body, response.status]).toEqual([path, body, 400]);
    }
    expect((await ask("DELETE", "/other/main")).status).toBe(404);
  });

  it("are the business of the tenant's admins", async () => {
    const reader = await giveKey(server.database, TENANT, ["read", "write", "chat", "search"]);
    for (const [method, path, body] of [
      ["GET", ""],
      ["PUT", "/jwt/main", { value: SECRET }],
      ["DELETE", "/jwt/main"],
    ] as const) {
      expect((await ask(method, path, body, reader)).status).toBe(403);
      expect((await ask(method, path, body, {})).status).toBe(401);
    }
  });
});
