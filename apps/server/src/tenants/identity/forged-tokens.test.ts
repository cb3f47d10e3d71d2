import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { storedTenantSettingsSchema } from "@orcha/contract";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { AuditEntry } from "../../audit/store.ts";
import { describeOnEveryEngine, type Engine } from "../../testing/databases.ts";
import { startTestServer, type TestServer } from "../../testing/server.ts";
import { createTenant } from "../registry/registry.ts";
import { putSecret } from "../secrets/manage-secrets.ts";
import { createSealer } from "../secrets/sealed-text.ts";
import { createSecretKeys } from "../secrets/secret-keys.ts";
import { forgedTokens } from "./testing/forged-tokens.ts";
import { honestTokens, type NamedToken } from "./testing/honest-tokens.ts";
import { makeTokenWorld, type TokenWorld } from "./testing/token-world.ts";

const SECRET_KEYS = Buffer.alloc(32, 7).toString("base64url");
const AT_ONCE = 16;

describeOnEveryEngine("forged tokens", (engine: Engine) => {
  let server: TestServer;
  let world: TokenWorld;
  let keyServer: CountingServer;
  let attacker: CountingServer;

  beforeEach(async () => {
    keyServer = await countingServer(() => JSON.stringify(world.jwks));
    attacker = await countingServer(() => JSON.stringify(world.jwks));
    server = await startTestServer(engine, {
      env: { ORCHA_SECRET_KEYS: SECRET_KEYS, ORCHA_FETCH_HOSTS: keyServer.host },
    });
    world = makeTokenWorld({
      tenantId: "shop",
      attackerUrl: `http://${attacker.host}`,
      jwksUrl: `http://${keyServer.host}/jwks.json`,
      now: Date.now(),
    });
    await register(server, world);
  });
  afterEach(async () => {
    await server[Symbol.asyncDispose]();
    await keyServer[Symbol.asyncDispose]();
    await attacker[Symbol.asyncDispose]();
  });

  it("are 401 on every route of the visitors, make nobody anonymous and fetch no key", async () => {
    const conversation = await server.chat({ text: "Hi", tenant_id: "shop" });
    const turn = conversation.headers.get("x-orcha-turn-id");
    const visitor = String(conversation.headers.get("x-aura-visitor"));
    const before = { asked: server.model.requests.length, users: await countUsers(server) };
    const chat = ["POST", "chat-v2", { text: "Let me in", tenant_id: "shop" }] as const;
    const others: (readonly [string, string, unknown?])[] = [
      ["GET", `conversations/${conversation.data.conversation_id}/messages?tenant_id=shop`],
      ["GET", `turns/${turn}/events?tenant_id=shop`],
      ["POST", `turns/${turn}/stop?tenant_id=shop`, {}],
      ["GET", "me?tenant_id=shop"],
    ];
    const forged = (await forgedTokens(world)).filter(({ token }) => canBeSent(token));
    expect(forged.length).toBeGreaterThan(1000);

    const started = performance.now();
    const outcomes: string[] = [];
    await each(forged, async ({ family, name, token }, at) => {
      // Each with the secret of the conversation's owner: the bad token counts, not the good secret beside it.
      const headers = { authorization: `Bearer ${token}`, "x-aura-visitor": visitor };
      for (const [method, path, body] of [chat, others[at % others.length] ?? chat]) {
        const status = await statusOf(server, method, path, headers, body);
        const refused = status === 401 || (status === 431 && token.length > 16_000);
        if (!refused) outcomes.push(`${family}: ${name}: ${method} ${path}: ${status}`);
      }
    });

    expect(outcomes).toEqual([]);
    expect(server.model.requests).toHaveLength(before.asked);
    expect(await countUsers(server)).toBe(before.users);
    expect(attacker.requests).toBe(0);
    // Unknown key ids may ask the tenant's own provider, once in 30 seconds.
    const halfMinutes = Math.ceil((performance.now() - started) / 30_000);
    expect(keyServer.requests).toBeLessThanOrEqual(1 + halfMinutes);
  }, 120_000);

  it("are told from honest ones, which are all let in as their subject", async () => {
    const outcomes: string[] = [];
    await each(honestTokens(world), async ({ family, name, token }) => {
      if (/leeway|a whole day/.test(name)) return; // measured with a clock that stands still
      const headers = { authorization: `Bearer ${token}` };
      const answer = await server.chat({ text: "Hi", tenant_id: "shop" }, headers);
      if (!answer.success) outcomes.push(`${family}: ${name}: ${answer.message}`);
    });
    expect(outcomes).toEqual([]);
    expect(keyServer.requests).toBe(1);
    expect(attacker.requests).toBe(0);
  });
});

async function register({ database }: TestServer, world: TokenWorld): Promise<void> {
  const entryOf = (action: string, target: string, detail = {}): AuditEntry => ({
    tenantId: world.tenantId,
    actor: { kind: "command", id: "", name: "orcha" },
    action,
    target,
    detail,
    address: "",
    now: Date.now(),
  });
  const settings = storedTenantSettingsSchema.parse({ name: "Shop", identity: world.identity });
  const deps = { database, defaultUserId: 1, checkSettings: async () => undefined };
  await createTenant(deps, { id: world.tenantId, settings }, entryOf);
  const sealer = createSealer(createSecretKeys({ configured: SECRET_KEYS, folder: undefined }));
  for (const { kid, secret } of world.sharedSecrets) {
    const name = { kind: "jwt", name: kid } as const;
    await putSecret({ database, sealer }, world.tenantId, name, secret, entryOf);
  }
}

async function each(
  tokens: readonly NamedToken[],
  ask: (token: NamedToken, at: number) => Promise<void>,
): Promise<void> {
  const waiting = [...tokens.entries()];
  const work = async () => {
    for (let next = waiting.pop(); next; next = waiting.pop()) await ask(next[1], next[0]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/** What no client can put into a header reaches nobody. */
function canBeSent(token: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(token);
}

async function statusOf(
  server: TestServer,
  method: string,
  path: string,
  headers: Record<string, string>,
  body: unknown,
): Promise<number> {
  const response = await fetch(`${server.url}/api/v1/orcha/${path}`, {
    method,
    headers: { ...headers, ...(body !== undefined && { "content-type": "application/json" }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  await response.arrayBuffer();
  return response.status;
}

async function countUsers({ database }: TestServer): Promise<number> {
  const rows = await database.reader.query(
    "shop",
    database.reader.builder.selectFrom("users").select("id").where("tenant_id", "=", "shop"),
  );
  return rows.length;
}

interface CountingServer extends AsyncDisposable {
  readonly host: string;
  readonly requests: number;
}

async function countingServer(answer: () => string): Promise<CountingServer> {
  let requests = 0;
  const server: Server = createServer((_, response) => {
    requests += 1;
    response.end(answer());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    host: `127.0.0.1:${port}`,
    get requests() {
      return requests;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
