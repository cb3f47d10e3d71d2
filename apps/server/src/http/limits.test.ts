import { afterEach, beforeEach, expect, it } from "vitest";
import { describeOnEveryEngine } from "../testing/databases.ts";
import { type ChatResult, startTestServer, type TestServer } from "../testing/server.ts";

const MAX_MISSES = 30;

describeOnEveryEngine("limits", (engine) => {
  let server: TestServer;
  beforeEach(async () => {
    const env = { ORCHA_RATE_LIMITS: "on", ORCHA_TRUSTED_PROXIES: "1" };
    server = await startTestServer(engine, { env });
  });
  afterEach(() => server[Symbol.asyncDispose]());

  const from = (address: string) => ({ "x-forwarded-for": address });
  const guess = (id: number, headers: Record<string, string>): Promise<ChatResult> =>
    server.chat({ text: "Hi", conversation_id: id }, headers);

  it("let a visitor write 20 messages a minute, say when it goes on, and keep the others out of it", async () => {
    const visitor = { ...from("192.0.2.1"), "x-aura-visitor": await server.visitor() };
    for (let message = 0; message < 20; message += 1) {
      expect((await server.chat({ text: "Hi" }, visitor)).success).toBe(true);
    }
    const refused = await server.chat({ text: "Hi" }, visitor);
    expect(refused).toMatchObject({ status: 429, success: false });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(Number(refused.headers.get("retry-after"))).toBeLessThanOrEqual(60);
    expect(refused.headers.get("x-orcha-error")).toBe("rate_limited");

    const other = { ...from("192.0.2.1"), "x-aura-visitor": await server.visitor() };
    expect((await server.chat({ text: "Hi" }, other)).success).toBe(true);
  });

  it("end guessing for a network on every replica, but not for who proves to own what it asks for", async () => {
    await using replica = await server.replica();
    const guesser = from("2001:db8:0:1::1");
    const own = { ...guesser, "x-aura-visitor": await server.visitor() };
    const bare = await server.chat({ text: "Hi" }, guesser);
    const owned = await server.chat({ text: "Hi" }, own);

    // A window of ten minutes may end in the middle.
    let guesses = 0;
    for (let status = 200; status === 200 && guesses <= 2 * MAX_MISSES; guesses += 1) {
      ({ status } = await guess(guesses + 1, from(`2001:db8:0:1::${guesses + 2}`)));
    }
    expect(guesses).toBeGreaterThan(MAX_MISSES);
    expect(guesses).toBeLessThanOrEqual(2 * MAX_MISSES + 1);
    const path = "/api/v1/orcha/conversations/7/messages";
    const onReplica = await fetch(`${replica.url}${path}`, { headers: guesser });
    expect(onReplica.status).toBe(429);
    // What exists and what does not are refused alike.
    const id = bare.data.conversation_id ?? 0;
    expect(await guess(id, guesser)).toMatchObject({ status: 429, success: false });
    expect(await guess(99, guesser)).toMatchObject({ status: 429, success: false });

    expect((await guess(owned.data.conversation_id ?? 0, own)).success).toBe(true);
    expect((await guess(id, from("2001:db8:0:2::1"))).success).toBe(true);
  });
});
