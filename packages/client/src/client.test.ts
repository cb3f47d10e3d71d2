import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { ERRORS } from "@orcha/contract";
import { build } from "esbuild";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  listMessages,
  OrchaClientError,
  requestVisitor,
  sendOrchaMessage,
  streamOrchaMessage,
  type TurnEvent,
} from "./index.ts";

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A real server on loopback that answers every request the same way and remembers what it saw. */
async function setup(answer: (response: ServerResponse) => unknown) {
  const seen: Seen[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    let body = "";
    for await (const piece of request) body += piece;
    seen.push({ method: request.method, url: request.url, headers: request.headers, body });
    await answer(response);
  };
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return { apiBaseUrl: `http://127.0.0.1:${port}`, seen };
}

function json(status: number, body: unknown, headers: Record<string, string> = {}) {
  return (response: ServerResponse) =>
    response
      .writeHead(status, { "Content-Type": "application/json", ...headers })
      .end(JSON.stringify(body));
}

function stream(...pieces: (string | Uint8Array)[]) {
  return async (response: ServerResponse) => {
    response.writeHead(200, { "Content-Type": "text/event-stream; charset=utf-8" });
    for (const piece of pieces) {
      await new Promise<void>((resolve) => response.write(piece, () => resolve()));
    }
    response.end();
  };
}

async function collect(events: AsyncIterable<TurnEvent>) {
  const all: TurnEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

const ANSWER = { text: "Hello.", conversation_id: 12, contexts: [] };
const START =
  'id: 5:1\nevent: turn-start\ndata: {"turn_id":5,"conversation_id":12,"message_id":6}\n\n';
const END = `event: turn-end\ndata: ${JSON.stringify({ success: true, message: "", data: ANSWER })}\n\n`;

describe("sendOrchaMessage", () => {
  it("posts the seed's body and resolves with the seed's data", async () => {
    const { apiBaseUrl, seen } = await setup(
      json(200, { success: true, message: "", data: ANSWER }),
    );

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

  it("sends nothing the page did not say", async () => {
    const { apiBaseUrl, seen } = await setup(
      json(200, { success: true, message: "", data: ANSWER }),
    );
    await sendOrchaMessage({ text: "Hi", conversationId: null, apiBaseUrl });
    expect(seen[0]?.body).toBe('{"text":"Hi"}');
    expect(seen[0]?.headers).not.toHaveProperty("authorization");
    expect(seen[0]?.headers).not.toHaveProperty("x-aura-visitor");
    expect(seen[0]?.headers).not.toHaveProperty("idempotency-key");
  });

  it("throws what a failed envelope says, with status 200 as with any other", async () => {
    for (const status of [200, 429]) {
      const data = { text: "Half", conversation_id: 12 };
      const { apiBaseUrl } = await setup(
        json(
          status,
          { success: false, message: "Please wait.", data },
          {
            "X-Orcha-Error": "rate_limited",
            "X-Request-Id": "r-1",
            "Retry-After": "7",
          },
        ),
      );
      await expect(sendOrchaMessage({ text: "Hi", apiBaseUrl })).rejects.toMatchObject({
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
    const { apiBaseUrl } = await setup((response) => response.writeHead(502).end("<html>nginx"));
    const error = await sendOrchaMessage({ text: "Hi", apiBaseUrl }).catch((caught) => caught);
    expect(error).toMatchObject({ code: "unavailable", retryable: true, status: 502 });
    expect(error.message).not.toContain("nginx");
  });

  it("calls a refused connection `network`", async () => {
    const { apiBaseUrl } = await setup((response) => response.destroy());
    await expect(sendOrchaMessage({ text: "Hi", apiBaseUrl })).rejects.toMatchObject({
      code: "network",
      retryable: true,
      status: 0,
    });
  });

  it("rejects with the abort reason when the caller aborts", async () => {
    const controller = new AbortController();
    const { apiBaseUrl } = await setup(() => controller.abort(new Error("left")));
    const sent = sendOrchaMessage({ text: "Hi", apiBaseUrl, signal: controller.signal });
    await expect(sent).rejects.toThrow("left");
  });

  it("hands on a new visitor secret", async () => {
    const { apiBaseUrl } = await setup(
      json(200, { success: true, message: "", data: ANSWER }, { "X-Aura-Visitor": "fresh" }),
    );
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

describe("streamOrchaMessage", () => {
  it("gives the events of the turn, cut at any byte", async () => {
    const delta = 'event: text-delta\r\ndata: {"text":"Grüße 😀"}\r\n\r\n';
    const bytes = new TextEncoder().encode(
      `: ping\n\n${START}${delta}event: later\ndata: {}\n\n${END}`,
    );
    const pieces = Array.from(bytes, (_, index) => bytes.slice(index, index + 1));
    const { apiBaseUrl, seen } = await setup(stream(...pieces));

    const events = await collect(streamOrchaMessage({ text: "Hi", apiBaseUrl }));

    expect(seen[0]?.headers.accept).toBe("text/event-stream");
    expect(events.map(({ event }) => event)).toEqual(["turn-start", "text-delta", "turn-end"]);
    expect(events[1]?.data).toEqual({ text: "Grüße 😀" });
  });

  it("throws the envelope of a turn that does not start", async () => {
    const { apiBaseUrl } = await setup(
      json(
        200,
        { success: false, message: "Too long.", data: { text: "", conversation_id: null } },
        {
          "X-Orcha-Error": "text_too_long",
        },
      ),
    );
    await expect(collect(streamOrchaMessage({ text: "Hi", apiBaseUrl }))).rejects.toMatchObject({
      code: "text_too_long",
      message: "Too long.",
      retryable: false,
    });
  });

  it("throws `network` when the stream ends before the turn does", async () => {
    const { apiBaseUrl } = await setup(stream(START, 'event: text-delta\ndata: {"text":"Ha"}\n\n'));
    await expect(collect(streamOrchaMessage({ text: "Hi", apiBaseUrl }))).rejects.toMatchObject({
      code: "network",
    });
  });

  it("closes the connection when the reader leaves early", async () => {
    let closed: Promise<unknown> = Promise.resolve();
    const { apiBaseUrl } = await setup((response) => {
      closed = once(response, "close");
      response.writeHead(200, { "Content-Type": "text/event-stream" }).write(START);
    });
    for await (const _ of streamOrchaMessage({ text: "Hi", apiBaseUrl })) break;
    await closed;
  });
});

describe("the visitor's own calls", () => {
  it("asks for a visitor secret in the tenant", async () => {
    const { apiBaseUrl, seen } = await setup(json(200, { visitor: "secret" }));
    expect(await requestVisitor({ apiBaseUrl, tenantId: "a b" })).toBe("secret");
    expect(seen[0]).toMatchObject({ method: "POST", url: "/api/v1/orcha/visitor?tenant_id=a%20b" });
  });

  it("reads a page of the transcript", async () => {
    const page = { data: [], next_cursor: "c2" };
    const { apiBaseUrl, seen } = await setup(json(200, page));
    const options = {
      apiBaseUrl,
      conversationId: 12,
      visitor: "v1",
      tenantId: "acme",
      cursor: "c1",
    };
    expect(await listMessages(options)).toEqual(page);
    expect(seen[0]?.url).toBe("/api/v1/orcha/conversations/12/messages?tenant_id=acme&cursor=c1");
    expect(seen[0]?.headers["x-aura-visitor"]).toBe("v1");
  });

  it("throws the code of a problem document", async () => {
    const { apiBaseUrl } = await setup(
      json(404, { title: "Not found", detail: "Not yours.", code: "conversation_not_found" }),
    );
    await expect(listMessages({ apiBaseUrl, conversationId: 12 })).rejects.toMatchObject({
      code: "conversation_not_found",
      message: "Not yours.",
      status: 404,
    });
  });
});

describe("the one-file build", () => {
  it("imports nothing and works against a real server", async () => {
    const { outputFiles } = await build({
      entryPoints: [new URL("index.ts", import.meta.url).pathname],
      bundle: true,
      format: "esm",
      target: "es2022",
      write: false,
    });
    const code = outputFiles[0]?.text ?? "";
    expect(code).not.toMatch(/^\s*import\b|\bimport\(/m);

    const { apiBaseUrl } = await setup(json(200, { success: true, message: "", data: ANSWER }));
    const built = await import(
      /* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`
    );
    expect(await built.sendOrchaMessage({ text: "Hi", apiBaseUrl })).toEqual(ANSWER);
  });
});
