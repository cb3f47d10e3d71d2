import { describe, expect, it, vi } from "vitest";
import { claimsOf, resetVisitor, sendOrchaMessage, streamOrchaMessage } from "./index.ts";
import { type Answer, failure, json, startServer } from "./testing/scripted-server.ts";
import { collect, FRAMES, frames, namesOf } from "./testing/scripted-turn.ts";

const answered = json(200, {
  success: true,
  message: "",
  data: { text: "Hello.", conversation_id: 12 },
});
const refused = failure("unauthorized", { status: 401 });

/** A token as it looks from outside, with a name to tell it by; nobody here checks a signature. */
function jwt(name: string, expiresInSeconds: number): string {
  const claims = { sub: name, exp: Math.floor(Date.now() / 1000) + expiresInSeconds };
  return `e30.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.${name}`;
}

/** A page's function that gives these tokens in turn. */
function giving(...tokens: readonly (string | null)[]) {
  let calls = 0;
  return vi.fn(() => tokens[Math.min(calls++, tokens.length - 1)]);
}

async function setup(...script: readonly Answer[]) {
  const { apiBaseUrl, seen } = await startServer(...script);
  return {
    seen,
    tokens: () => seen.map(({ headers }) => headers.authorization?.replace("Bearer ", "")),
    send: (authToken: Parameters<typeof sendOrchaMessage>[0]["authToken"]) =>
      sendOrchaMessage({ text: "Hi", apiBaseUrl, authToken }),
    stream: (authToken: Parameters<typeof sendOrchaMessage>[0]["authToken"]) =>
      collect(streamOrchaMessage({ text: "Hi", apiBaseUrl, authToken })),
    apiBaseUrl,
  };
}

describe("a token from a function", () => {
  it("is used for every call until half a minute before it expires", async () => {
    const { send, tokens } = await setup(answered);
    const [old, fresh] = [jwt("old", 40), jwt("fresh", 3600)];
    const authToken = giving(old, fresh);
    await send(authToken);
    await send(authToken);
    expect(tokens()).toEqual([old, old]);

    const later = Date.now() + 11_000;
    const clock = vi.spyOn(Date, "now").mockReturnValue(later);
    await send(authToken);
    clock.mockRestore();
    await send(authToken);
    expect(tokens().slice(2)).toEqual([fresh, fresh]);
    expect(authToken).toHaveBeenCalledTimes(2);
  });

  it("is asked for once by calls that need it at the same time", async () => {
    const { send, tokens } = await setup(answered);
    const authToken = giving(jwt("expired", -5), jwt("a", 3600), jwt("b", 3600));
    await send(authToken);
    await Promise.all([send(authToken), send(authToken), send(authToken)]);
    expect(authToken).toHaveBeenCalledTimes(2);
    expect(new Set(tokens().slice(1)).size).toBe(1);
  });

  it("is kept until it is refused when nobody can tell its expiry", async () => {
    const { send, tokens } = await setup(answered, answered, refused, answered);
    const authToken = giving("opaque-1", "opaque-2");
    await send(authToken);
    await send(authToken);
    await send(authToken);
    expect(tokens()).toEqual(["opaque-1", "opaque-1", "opaque-1", "opaque-2"]);
    expect(authToken).toHaveBeenCalledTimes(2);
  });

  it("is asked for each time while it gives none", async () => {
    const { send, tokens } = await setup(answered);
    const authToken = giving(null, "jwt");
    await send(authToken);
    await send(authToken);
    expect(tokens()).toEqual([undefined, "jwt"]);
  });
});

describe("a token that the server refuses", () => {
  it("is replaced once, and the very same message is sent again", async () => {
    const { stream, seen, tokens } = await setup(refused, frames(...FRAMES));
    expect(namesOf(await stream(giving("old", "fresh")))).toContain("turn-end");
    expect(tokens()).toEqual(["old", "fresh"]);
    expect(seen[1]?.body).toBe(seen[0]?.body);
    expect(seen[1]?.headers["idempotency-key"]).toBe(seen[0]?.headers["idempotency-key"]);
  });

  it("is the end when the next one is refused too", async () => {
    const { send, tokens } = await setup(refused);
    const error = { code: "unauthorized", message: "It is unauthorized.", retryable: false };
    await expect(send(giving("a", "b", "c"))).rejects.toMatchObject(error);
    expect(tokens()).toEqual(["a", "b"]);
  });

  it("is not sent again when the page has no other", async () => {
    for (const authToken of ["same", giving("same"), giving("same", null)]) {
      const { send, seen } = await setup(refused);
      await expect(send(authToken)).rejects.toMatchObject({ code: "unauthorized" });
      expect(seen).toHaveLength(1);
    }
  });
});

it("sends nothing as somebody else when the page's function fails, and asks again for the next message", async () => {
  const { send, tokens } = await setup(answered);
  const authToken = vi
    .fn<() => Promise<string>>()
    .mockRejectedValueOnce(new Error("offline"))
    .mockResolvedValue("jwt");
  await expect(send(authToken)).rejects.toThrow("offline");
  expect(tokens()).toEqual([]);
  await send(authToken);
  expect(tokens()).toEqual(["jwt"]);
});

it("reads the claims of a token, and none of what is not one", () => {
  expect(claimsOf(jwt("Zoë>?", 60))).toMatchObject({ exp: expect.any(Number) });
  for (const token of ["", "opaque", "a.b.c", "e30.bnVsbA.x", "e30.MQ.x"]) {
    expect(claimsOf(token).sub).toBeUndefined();
  }
});

it("asks for another visitor secret when somebody signs out", async () => {
  const { apiBaseUrl, seen } = await startServer(json(200, { visitor: "next" }));
  expect(await resetVisitor({ apiBaseUrl, tenantId: "acme" })).toBe("next");
  expect(seen[0]?.url).toBe("/api/v1/orcha/visitor/reset?tenant_id=acme");
});
