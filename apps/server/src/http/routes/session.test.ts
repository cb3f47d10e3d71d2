import { linkCheckResponseSchema, sessionResponseSchema } from "@orcha/contract";
import { afterEach, beforeEach, expect, it } from "vitest";
import { makeFirstRunLink } from "../../operators/links.ts";
import { PASSWORD, staffClient } from "../../operators/testing/staff-client.ts";
import { describeOnEveryEngine, sqlite } from "../../testing/databases.ts";
import { startTestServer, type TestServer } from "../../testing/server.ts";

describeOnEveryEngine("the operators' session", (engine) => {
  let server: TestServer;
  beforeEach(async () => {
    server = await startTestServer(engine);
  });
  afterEach(() => server[Symbol.asyncDispose]());

  it("begins with the first-run link and ends with signing out", async () => {
    const browser = staffClient(server);
    const token = await makeFirstRunLink(server.database, Date.now());
    const check = await browser.ask("POST", "links/check", { token });
    expect(linkCheckResponseSchema.strict().parse(check.body)).toMatchObject({
      purpose: "first-run",
      email: null,
    });
    const wish = { token, email: "Ada@Example.com ", name: "Ada", password: PASSWORD };
    expect((await browser.ask("POST", "links/accept", wish)).body).toEqual({
      email: "ada@example.com",
    });
    expect((await browser.ask("GET", "session")).body).toEqual({ operator: null });

    const signedIn = await browser.signIn("ada@EXAMPLE.com");
    expect(signedIn.status).toBe(200);
    const session = await browser.ask("GET", "session");
    expect(sessionResponseSchema.strict().parse(session.body)).toEqual(signedIn.body);
    expect(session.body).toMatchObject({
      operator: { name: "Ada", grants: [{ tenant_id: "*", role: "owner" }] },
    });

    const { cookie } = browser;
    expect((await browser.ask("DELETE", "session")).body).toEqual({ operator: null });
    const again = await browser.ask("GET", "session", undefined, { cookie });
    expect(again.body).toEqual({ operator: null });
  });

  it("is one cookie that scripts and other sites do not get", async () => {
    const browser = staffClient(server);
    await browser.becomeOwner();
    const { headers } = await browser.signIn("ada@example.com");
    expect(headers.getSetCookie()).toEqual([
      expect.stringMatching(/^orcha_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/),
    ]);
    const out = await browser.ask("DELETE", "session");
    expect(out.headers.getSetCookie()).toEqual([
      "orcha_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict",
    ]);
  });

  it("opens the routes of the staff, and no page of another origin can use it", async () => {
    const browser = staffClient(server);
    await browser.becomeOwner();
    const list = (headers: Record<string, string>) =>
      browser.ask("GET", "operators?tenant_id=*", undefined, headers);
    expect((await list({})).status).toBe(200);
    expect((await list({ origin: server.url })).status).toBe(200);
    for (const origin of ["https://evil.example", "null", "http://localhost:1"]) {
      expect((await list({ origin })).status).toBe(403);
    }
    expect((await list({ cookie: "" })).status).toBe(401);
    expect((await list({ cookie: "orcha_session=guess" })).status).toBe(401);
  });

  it("is opened and changed by no page of another origin", async () => {
    const browser = staffClient(server);
    await browser.becomeOwner();
    const foreign = { origin: "https://evil.example" };
    const attempts = [
      ["POST", "session", { email: "ada@example.com", password: PASSWORD }],
      ["POST", "session/password", { current: PASSWORD, new: "battery staple" }],
      ["POST", "links/check", { token: "x" }],
      ["POST", "links/accept", { token: "x", password: PASSWORD }],
      ["DELETE", "session", undefined],
    ] as const;
    for (const [method, path, body] of attempts) {
      expect((await browser.ask(method, path, body, foreign)).status).toBe(403);
      if (!body) continue;
      const asForm = { "content-type": "text/plain" };
      expect((await browser.ask(method, path, body, asForm)).status).toBe(415);
    }
    expect((await browser.ask("GET", "session")).body).not.toEqual({ operator: null });
  });

  it("changes the own password", async () => {
    const browser = staffClient(server);
    await browser.becomeOwner();
    const change = (current: string, next: string, headers = {}) =>
      browser.ask("POST", "session/password", { current, new: next }, headers);
    expect((await change("wrong password", "battery staple")).status).toBe(403);
    expect((await change(PASSWORD, "too short")).status).toBe(400);
    expect((await change(PASSWORD, "battery staple", { cookie: "" })).status).toBe(401);
    expect((await change(PASSWORD, "battery staple")).status).toBe(200);
    expect((await staffClient(server).signIn("ada@example.com")).status).toBe(401);
    expect((await staffClient(server).signIn("ada@example.com", "battery staple")).status).toBe(
      200,
    );
  });

  it("tells when to try again while it is locked", async () => {
    const browser = staffClient(server);
    await browser.becomeOwner();
    const bodies = new Set<string>();
    for (const email of ["ada@example.com", "nobody@example.com"]) {
      for (let time = 1; time <= 10; time++) {
        const { status, body } = await browser.signIn(email, "wrong password");
        expect(status).toBe(401);
        bodies.add(JSON.stringify({ ...body, request_id: "" }));
      }
      const locked = await browser.signIn(email);
      expect(locked.status).toBe(429);
      expect(Number(locked.headers.get("retry-after"))).toBeGreaterThan(800);
    }
    expect(bodies.size).toBe(1);
  });

  it("takes as long for an unknown account as for a known one", async () => {
    const browser = staffClient(server);
    await browser.becomeOwner();
    const timed = async (email: string) => {
      const started = performance.now();
      expect((await browser.signIn(email, "wrong password")).status).toBe(401);
      return performance.now() - started;
    };
    const [known, unknown]: [number[], number[]] = [[], []];
    for (let time = 0; time < 9; time++) {
      known.push(await timed("ada@example.com"));
      unknown.push(await timed(`nobody${time}@example.com`));
    }
    const ratio = median(known) / median(unknown);
    // Without a hash for accounts that there are not, it would be a hundred.
    expect(ratio).toBeGreaterThan(1 / 3);
    expect(ratio).toBeLessThan(3);
  });

  it("refuses bodies that are not as they must be", async () => {
    const browser = staffClient(server);
    const token = await makeFirstRunLink(server.database, Date.now());
    const accept = { token, email: "ada@example.com", password: PASSWORD };
    for (const [path, body] of [
      ["session", {}],
      ["session", { email: 7, password: [] }],
      ["session", { email: "a\0b", password: PASSWORD }],
      ["session", { email: "ada@example.com", password: "x".repeat(201) }],
      ["links/accept", { ...accept, password: "nine char" }],
      ["links/accept", { ...accept, password: "x".repeat(201) }],
      ["links/accept", { ...accept, email: "none" }],
      ["links/accept", { ...accept, email: undefined }],
      ["links/accept", { ...accept, name: "A\u0000" }],
    ] as const) {
      expect([path, body, (await browser.ask("POST", path, body)).status]).toEqual([
        path,
        body,
        400,
      ]);
    }
    expect((await browser.ask("POST", "links/accept", accept)).status).toBe(200);
    expect((await browser.ask("POST", "links/accept", accept)).status).toBe(404);
  });
});

it("is a cookie of this very host under https", async () => {
  const env = { ORCHA_PUBLIC_URL: "https://chat.example.com" };
  await using server = await startTestServer(sqlite, { env });
  const browser = staffClient(server);
  await browser.becomeOwner();
  const { headers } = await browser.signIn("ada@example.com");
  expect(headers.getSetCookie()).toEqual([
    expect.stringMatching(
      /^__Host-orcha_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
    ),
  ]);
  expect((await browser.ask("GET", "session")).body).toMatchObject({ operator: { name: "Ada" } });
  const planted = browser.cookie.replace("__Host-", "");
  const seen = await browser.ask("GET", "session", undefined, { cookie: planted });
  expect(seen.body).toEqual({ operator: null });
  const own = { origin: "https://chat.example.com" };
  expect((await browser.ask("GET", "operators?tenant_id=*", undefined, own)).status).toBe(200);
});

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}
