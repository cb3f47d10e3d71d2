import { generateKeyPairSync, sign } from "node:crypto";
import { storedTenantSettingsSchema } from "@orcha/contract";
import { describe, expect, it } from "vitest";
import type { GuardedFetch } from "../../outgoing/guarded-fetch.ts";
import type { Tenant } from "../settings.ts";
import { forgedTokens } from "./testing/forged-tokens.ts";
import { honestTokens } from "./testing/honest-tokens.ts";
import {
  hmacKey,
  jwkOf,
  makeTokenWorld,
  type SigningKey,
  signed,
  type TokenWorld,
} from "./testing/token-world.ts";
import { tenantClaimOf } from "./token-text.ts";
import { createTokenVerifier, type TokenVerifier } from "./verify-token.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const JWKS_URL = "https://id.shop.example/jwks.json";

interface SetUp {
  readonly world: TokenWorld;
  readonly tenant: Tenant;
  readonly verify: TokenVerifier;
  /** Addresses that were asked. */
  readonly fetched: string[];
  /** What the key server publishes from now on; an error when it is away. */
  publish(document: unknown): void;
  advance(ms: number): void;
}

function setUp(
  identity: Partial<TokenWorld["identity"]> = {},
  jwksUrl: string | null = null,
): SetUp {
  const world = makeTokenWorld({
    tenantId: "shop",
    attackerUrl: "http://evil.example",
    jwksUrl,
    now: NOW,
  });
  const settings = { name: "Shop", identity: { ...world.identity, ...identity } };
  const tenant = { id: "shop", settings: storedTenantSettingsSchema.parse(settings) };
  const fetched: string[] = [];
  let passed = 0;
  let published: unknown = world.jwks;
  const fetch: GuardedFetch = async (url) => {
    fetched.push(url);
    if (published instanceof Error) throw published;
    return { status: 200, url, headers: {}, body: Buffer.from(JSON.stringify(published)) };
  };
  const verify = createTokenVerifier({
    sharedSecrets: async () =>
      world.sharedSecrets.map(({ kid, secret }) => ({ kid, secret: Buffer.from(secret) })),
    fetch,
    now: () => NOW,
    monotonic: () => passed,
  });
  return {
    world,
    tenant,
    verify,
    fetched,
    publish: (document) => {
      published = document;
    },
    advance: (ms) => {
      passed += ms;
    },
  };
}

async function codeOf(verified: Promise<unknown>): Promise<string> {
  return verified.then(
    () => "accepted",
    (error) => error.code ?? String(error),
  );
}

describe("tokens", () => {
  it("are accepted from every honest signer", async () => {
    for (const jwksUrl of [null, JWKS_URL]) {
      const { world, tenant, verify } = setUp({}, jwksUrl);
      const refused = [];
      for (const { family, name, token } of honestTokens(world)) {
        const code = await codeOf(verify(tenant, token));
        if (code !== "accepted") refused.push(`${family}: ${name}: ${code}`);
      }
      expect(refused).toEqual([]);
    }
  });

  it("that are forged are refused one and all, and nothing is fetched for them", async () => {
    const { world, tenant, verify, fetched } = setUp();
    const forged = await forgedTokens(world);
    const families = new Set(forged.map(({ family }) => family));
    expect(forged.length).toBeGreaterThan(250);
    expect(new Set(forged.map(({ token }) => token)).size).toBeGreaterThan(250);
    expect(families.size).toBeGreaterThan(15);
    const outcomes = [];
    for (const { family, name, token } of forged) {
      const code = await codeOf(verify(tenant, token));
      if (code !== "unauthorized") outcomes.push(`${family}: ${name}: ${code}`);
    }
    expect(outcomes).toEqual([]);
    expect(fetched).toEqual([]);
  });

  it("that are forged reach no address but the one that the tenant named, and that once", async () => {
    const { world, tenant, verify, fetched } = setUp({}, JWKS_URL);
    const outcomes = [];
    for (const { family, name, token } of await forgedTokens(world)) {
      const code = await codeOf(verify(tenant, token));
      if (code !== "unauthorized") outcomes.push(`${family}: ${name}: ${code}`);
    }
    expect(outcomes).toEqual([]);
    expect(fetched).toEqual([JWKS_URL]);
  });

  it("are refused by a tenant that does not want them, or is suspended", async () => {
    for (const changed of [{ identity: { mode: "off" } }, { suspended: true }]) {
      const { world, tenant, verify } = setUp();
      const { identity, ...settings } = tenant.settings;
      const other = storedTenantSettingsSchema.parse({
        ...settings,
        ...changed,
        identity: { ...identity, ...changed.identity },
      });
      for (const { token } of honestTokens(world)) {
        expect(await codeOf(verify({ id: "shop", settings: other }, token))).toBe("unauthorized");
      }
    }
  });

  it("without kid are tried with two keys of their algorithm, and with three not at all", async () => {
    const { world, tenant, verify } = setUp();
    const [hmac] = world.keys;
    const token = signed(world, hmac as SigningKey, {}, { kid: undefined });
    expect(await codeOf(verify(tenant, token))).toBe("accepted");
    const third = { kid: "hs-3", secret: Buffer.from(world.retiredSecret) };
    const crowded = createTokenVerifier({
      sharedSecrets: async () => [
        ...world.sharedSecrets.map(({ kid, secret }) => ({ kid, secret: Buffer.from(secret) })),
        third,
      ],
      fetch: () => Promise.reject(new Error("No fetch")),
      now: () => NOW,
    });
    expect(await codeOf(crowded(tenant, token))).toBe("unauthorized");
  });

  it("need neither audience nor issuer where none is configured", async () => {
    const { world, tenant, verify } = setUp({ audience: null, issuer: null });
    for (const key of world.keys) {
      const token = signed(world, key, { aud: undefined, iss: undefined });
      expect(await verify(tenant, token)).toEqual({ subject: "customer-7" });
    }
  });
});

describe("published keys", () => {
  const firstOf = (keys: readonly SigningKey[]) => keys[0] as SigningKey;

  it("are read once for many tokens at the same time, and again after ten minutes", async () => {
    const { world, tenant, verify, fetched, advance } = setUp({}, JWKS_URL);
    const tokens = world.publishedKeys.map((key) => signed(world, key));
    await Promise.all([...tokens, ...tokens].map((token) => verify(tenant, token)));
    advance(9.9 * 60_000);
    await Promise.all(tokens.map((token) => verify(tenant, token)));
    expect(fetched).toHaveLength(1);
    advance(60_000);
    await Promise.all(tokens.map((token) => verify(tenant, token)));
    expect(fetched).toHaveLength(2);
  });

  it("rotate: a new key is found by one more request, an old one falls away with it", async () => {
    const { world, tenant, verify, fetched, publish, advance } = setUp({}, JWKS_URL);
    const old = signed(world, firstOf(world.publishedKeys));
    await verify(tenant, old);
    const rotated = { ...(world.otherTenantKeys[1] as SigningKey), kid: "rotated" };
    const token = signed(world, rotated);
    publish({ keys: [jwkOf(rotated)] });
    expect(await codeOf(verify(tenant, token))).toBe("unauthorized"); // asked a moment ago
    advance(30_000);
    expect(await codeOf(verify(tenant, token))).toBe("accepted");
    expect(await codeOf(verify(tenant, old))).toBe("unauthorized");
    expect(fetched).toHaveLength(2);
  });

  it("that nobody published cost one request in 30 seconds, whatever is asked for", async () => {
    const { world, tenant, verify, fetched, advance } = setUp({}, JWKS_URL);
    const [, evil] = world.attackerKeys;
    for (let second = 0; second < 60; second += 1) {
      const kid = `unknown-${second}`;
      const token = signed(world, { ...(evil as SigningKey), kid });
      expect(await codeOf(verify(tenant, token))).toBe("unauthorized");
      advance(1000);
    }
    expect(fetched).toHaveLength(2);
  });

  it("serve for a day when their server is away, and then no more", async () => {
    const { world, tenant, verify, publish, advance } = setUp({}, JWKS_URL);
    const token = signed(world, firstOf(world.publishedKeys));
    await verify(tenant, token);
    publish(new Error("away"));
    advance(23 * 3_600_000);
    expect(await codeOf(verify(tenant, token))).toBe("accepted");
    advance(3_600_000);
    expect(await codeOf(verify(tenant, token))).toBe("unavailable");
    publish(world.jwks);
    advance(30_000);
    expect(await codeOf(verify(tenant, token))).toBe("accepted");
  });

  it("are passed over when they are private, weak, for something else or no keys at all", async () => {
    const { world, tenant, verify, publish } = setUp({}, JWKS_URL);
    const [rsa = {}, ec = {}, ed = {}] = world.jwks.keys;
    const weak = generateKeyPairSync("rsa", { modulusLength: 1024 });
    const weakKey: SigningKey = {
      kid: "weak",
      algorithm: "RS256",
      publicKey: weak.publicKey,
      signer: (input) => sign("sha256", Buffer.from(input), weak.privateKey),
    };
    const secret = Buffer.from(world.retiredSecret);
    const shared = hmacKey("shared", world.retiredSecret);
    publish({
      keys: [
        { ...rsa, use: "enc" },
        { ...ec, key_ops: ["sign"] },
        { ...ed, alg: "ES256" },
        { ...rsa, kid: "other-algorithm", alg: "PS256" },
        { kty: "oct", kid: "shared", k: secret.toString("base64url"), alg: "HS256" },
        { ...rsa, kid: "broken", n: 7 },
        jwkOf(weakKey),
        null,
        "key",
      ],
    });
    const renamed = ["other-algorithm", "broken"].map((kid) => ({
      ...firstOf(world.publishedKeys),
      kid,
    }));
    const keys = [...world.publishedKeys, ...renamed, weakKey, shared];
    for (const key of keys) {
      expect(await codeOf(verify(tenant, signed(world, key)))).toBe("unauthorized");
    }
  });

  it("are unavailable, not forged, while their server has never answered", async () => {
    const { world, tenant, verify, publish } = setUp({}, JWKS_URL);
    for (const document of [new Error("away"), { error: "no" }, "<html>"]) {
      publish(document);
      const token = signed(world, firstOf(world.publishedKeys));
      expect(await codeOf(verify(tenant, token))).toBe("unavailable");
    }
  });
});

describe("the tenant that a token claims", () => {
  it("is read without believing anything else", () => {
    const { world } = setUp();
    const claimed = (tenant_id: unknown) =>
      tenantClaimOf(signed(world, world.attackerKeys[0] as SigningKey, { tenant_id }));
    expect(claimed("shop")).toBe("shop");
    expect(claimed(undefined)).toBeUndefined();
    expect(claimed("")).toBeUndefined();
    expect(claimed(7)).toBeUndefined();
    expect(claimed(["shop"])).toBeUndefined();
    expect(claimed("s".repeat(101))).toBeUndefined();
  });

  it("is none in what is no token", async () => {
    const { world } = setUp();
    for (const { token } of await forgedTokens(world)) {
      expect(["string", "undefined"]).toContain(typeof tenantClaimOf(token));
    }
    expect(tenantClaimOf("")).toBeUndefined();
    expect(tenantClaimOf("a.b.c")).toBeUndefined();
  });
});
