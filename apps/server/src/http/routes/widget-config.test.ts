import { afterEach, beforeEach, expect, it } from "vitest";
import { giveKey } from "../../privacy/testing/credentials.ts";
import { describeOnEveryEngine } from "../../testing/databases.ts";
import { startTestServer, type TestServer } from "../../testing/server.ts";

describeOnEveryEngine("the widget's configuration", (engine) => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startTestServer(engine);
  });
  afterEach(() => server[Symbol.asyncDispose]());

  const config = (query = "", headers: Record<string, string> = {}) =>
    fetch(`${server.url}/api/v1/orcha/widget/config${query}`, { headers });

  async function register(settings: object) {
    const owner = await giveKey(server.database, "*", ["admin"]);
    const response = await fetch(`${server.url}/api/v1/orcha/admin/tenants`, {
      method: "POST",
      headers: { ...owner, "content-type": "application/json" },
      body: JSON.stringify({ id: "shop", settings: { name: "Shop", ...settings } }),
    });
    if (!response.ok) throw new Error(await response.text());
    await server.restart(); // settings bind within a second
  }

  it("is the tenant's, also before anybody signs in, and nothing else of it", async () => {
    await register({
      identity: { mode: "required", jwks_url: "https://keys.example/jwks" },
      theme: { accent: "#2f6fed" },
      prompt: "Secret instructions",
    });
    const response = await config("?tenant_id=shop");
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      name: "Shop",
      identity: "required",
      accent: "#2f6fed",
    });
  });

  it("is the default tenant's for nobody in particular", async () => {
    expect(await (await config()).json()).toMatchObject({ identity: "off", accent: null });
  });

  it("is refused to pages that the tenant does not list", async () => {
    await register({ allowed_origins: ["https://shop.example"] });
    const from = (origin: string) => config("?tenant_id=shop", { origin });
    expect((await from("https://shop.example")).status).toBe(200);
    expect((await from("https://evil.example")).status).toBe(403);
  });
});
