import { ERRORS } from "@orcha/contract";
import { describe, expect, it } from "vitest";
import { OrchaClientError, sendOrchaMessage } from "./index.ts";
import {
  type Answer,
  failure,
  handingOut,
  hangUp,
  json,
  startLater,
  startServer,
  unavailable,
} from "./testing/scripted-server.ts";
import { setJitter } from "./testing/scripted-turn.ts";

const ANSWER = { text: "Hello.", conversation_id: 12, contexts: [] };
const answered = json(200, { success: true, message: "", data: ANSWER });

describe("sendOrchaMessage", () => {
  it("posts the seed's body and resolves with the seed's data", async () => {
    const { apiBaseUrl, seen } = await startServer(answered);

    const answer = await sendOrchaMessage({
      text: "Hi",
      conversationId: "12",
      useRag: true,
      tenantId: "acme",
      userId: 3,
      visitor: "v1",
      authToken: async () => "jwt",
      idempotencyKey: "key-1",
      apiBaseUrl: `${apiBaseUrl}//`,
    });

    expect(answer).toEqual(ANSWER);
    expect(seen[0]).toMatchObject({ method: "POST", url: "/api/v1/orcha/chat-v2" });
    expect(JSON.parse(seen[0]?.body ?? "")).toEqual({
      text: "Hi",
      conversation_id: "12",
      user_id: 3,
      tenant_id: "acme",
      use_rag: true,
    });
    expect(seen[0]?.headers).toMatchObject({
      authorization: "Bearer jwt",
      "x-aura-visitor": "v1",
      "idempotency-key": "key-1",
      "content-type": "application/json",
    });
  });

  it("sends nothing the page did not say but a key of its own", async () => {
    const { apiBaseUrl, seen } = await startServer(answered);
    await sendOrchaMessage({ text: "Hi", conversationId: null, apiBaseUrl });
    await sendOrchaMessage({ text: "Hi", conversationId: null, apiBaseUrl });
    expect(seen[0]?.body).toBe('{"text":"Hi"}');
    expect(seen[0]?.headers).not.toHaveProperty("authorization");
    expect(seen[0]?.headers).not.toHaveProperty("x-aura-visitor");
    expect(seen[0]?.headers["idempotency-key"]).toMatch(/^[\w-]{22}$/);
    expect(seen[1]?.headers["idempotency-key"]).not.toBe(seen[0]?.headers["idempotency-key"]);
  });

  it("throws what a failed envelope says, with status 200 as with any other", async () => {
    for (const status of [200, 429]) {
      const data = { text: "Half", conversation_id: 12 };
      const { apiBaseUrl } = await startServer(
        json(
          status,
          { success: false, message: "Please wait.", data },
          { "X-Orcha-Error": "rate_limited", "X-Request-Id": "r-1", "Retry-After": "7" },
        ),
      );
      await expect(sendOrchaMessage({ text: "Hi", apiBaseUrl, retries: 0 })).rejects.toMatchObject({
        name: "OrchaClientError",
        message: "Please wait.",
        code: "rate_limited",
        retryable: true,
        status,
        requestId: "r-1",
        conversationId: 12,
        partialText: "Half",
        retryAfterSeconds: 7,
      });
    }
  });

  it("turns a stranger's error page into a safe sentence", async () => {
    const { apiBaseUrl } = await startServer((response) =>
      response.writeHead(502).end("<html>nginx"),
    );
    const error = await sendOrchaMessage({ text: "Hi", apiBaseUrl, retries: 0 }).catch(
      (caught) => caught,
    );
    expect(error).toMatchObject({ code: "unavailable", retryable: true, status: 502 });
    expect(error.message).not.toContain("nginx");
  });

  it("calls a lost connection `network`", async () => {
    const { apiBaseUrl } = await startServer(hangUp);
    await expect(sendOrchaMessage({ text: "Hi", apiBaseUrl, retries: 0 })).rejects.toMatchObject({
      code: "network",
      retryable: true,
      status: 0,
    });
  });

  it("rejects with the abort reason when the caller aborts", async () => {
    const controller = new AbortController();
    const { apiBaseUrl, seen } = await startServer(() => controller.abort(new Error("left")));
    const sent = sendOrchaMessage({ text: "Hi", apiBaseUrl, signal: controller.signal });
    await expect(sent).rejects.toThrow("left");
    expect(seen).toHaveLength(1);
  });

  it("hands on a new visitor secret", async () => {
    const { apiBaseUrl } = await startServer(handingOut("fresh", answered));
    const given: string[] = [];
    await sendOrchaMessage({ text: "Hi", apiBaseUrl, onVisitor: (visitor) => given.push(visitor) });
    expect(given).toEqual(["fresh"]);
  });

  it("knows the same retryable codes as the contract", () => {
    for (const [code, rule] of Object.entries(ERRORS)) {
      const known = Object.keys(ERRORS).find((name): name is keyof typeof ERRORS => name === code);
      expect(known && new OrchaClientError(known, "").retryable, code).toBe(rule.retryable);
    }
  });
});

describe("sendOrchaMessage on a bad line", () => {
  it("repeats the same body with the same key until it is answered", async () => {
    setJitter(0);
    const halfAnswered: Answer = (response) => {
      response.writeHead(200, { "Content-Type": "application/json" }).write('{"success":');
      response.destroy();
    };
    const limited = failure("rate_limited", { status: 429, headers: { "Retry-After": "0" } });
    const { apiBaseUrl, seen } = await startServer(
      hangUp,
      halfAnswered,
      unavailable,
      limited,
      answered,
    );
    // The page may go on with its own object meanwhile.
    const data: Record<string, string> = { step: "1" };

    const answer = await sendOrchaMessage({
      text: "Hi",
      apiBaseUrl,
      context: { data },
      onRetry: ({ attempt }) => {
        data.step = `${attempt}`;
      },
    });

    expect(answer).toEqual(ANSWER);
    expect(seen).toHaveLength(5);
    expect(new Set(seen.map(({ body }) => body)).size).toBe(1);
    expect(new Set(seen.map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
    expect(seen[0]?.headers["idempotency-key"]).toHaveLength(22);
  });

  it("waits for a network that was refused to come back", async () => {
    setJitter(0);
    const { apiBaseUrl, open } = await startLater(answered);
    const answer = await sendOrchaMessage({
      text: "Hi",
      apiBaseUrl,
      retries: Number.POSITIVE_INFINITY,
      onRetry: ({ attempt, error }) => {
        expect(error.code).toBe("network");
        if (attempt === 3) void open();
      },
    });
    expect(answer).toEqual(ANSWER);
  });

  it("repeats with the visitor secret that the first answer handed out", async () => {
    const { apiBaseUrl, seen } = await startServer(handingOut("fresh", unavailable), answered);
    const options = { text: "Hi", apiBaseUrl };
    await sendOrchaMessage(options);
    expect(seen.map(({ headers }) => headers["x-aura-visitor"])).toEqual([undefined, "fresh"]);
    expect(options).not.toHaveProperty("visitor");
  });

  it("does not repeat what another attempt would not change", async () => {
    for (const code of ["model_unavailable", "invalid_request", "budget_exhausted", "internal"]) {
      const { apiBaseUrl, seen } = await startServer(failure(code));
      await expect(sendOrchaMessage({ text: "Hi", apiBaseUrl })).rejects.toMatchObject({ code });
      expect(seen, code).toHaveLength(1);
    }
  });
});
