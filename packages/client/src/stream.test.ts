import { describe, expect, it } from "vitest";
import { streamOrchaMessage } from "./index.ts";
import {
  cut,
  failure,
  handingOut,
  hangUp,
  hold,
  json,
  notFound,
  nothingMissing,
  startLater,
  startServer,
  stream,
  unavailable,
} from "./testing/scripted-server.ts";
import {
  collect,
  END,
  FIRST_DELTA,
  FRAMES,
  frames,
  LAST_DELTA,
  NAMES,
  namesOf,
  START,
  setJitter,
  stored,
  TEXT,
  turnError,
} from "./testing/scripted-turn.ts";

const EVENTS_URL = "/api/v1/orcha/turns/5/events";

describe("streamOrchaMessage", () => {
  it("gives the events of the turn, cut at any byte", async () => {
    const delta = 'event: text-delta\r\ndata: {"text":"Grüße 😀"}\r\n\r\n';
    const bytes = new TextEncoder().encode(
      `: ping\n\n${START.text}${delta}event: later\ndata: {}\n\n${END.text}`,
    );
    const pieces = Array.from(bytes, (_, index) => bytes.slice(index, index + 1));
    const { apiBaseUrl, seen } = await startServer(stream(...pieces));

    const events = await collect(streamOrchaMessage({ text: "Hi", apiBaseUrl }));

    expect(seen[0]?.headers.accept).toBe("text/event-stream");
    expect(namesOf(events)).toEqual(["turn-start", "text-delta", "turn-end"]);
    expect(events[1]?.data).toEqual({ text: "Grüße 😀" });
  });

  it("throws the envelope of a turn that does not start", async () => {
    for (const code of ["text_too_long", "model_unavailable", "budget_exhausted"]) {
      const { apiBaseUrl, seen } = await startServer(failure(code));
      await expect(collect(streamOrchaMessage({ text: "Hi", apiBaseUrl }))).rejects.toMatchObject({
        code,
        message: `It is ${code}.`,
      });
      expect(seen).toHaveLength(1);
    }
  });

  it("refuses an answer that is no event stream", async () => {
    const { apiBaseUrl } = await startServer(json(200, { success: true }));
    await expect(collect(streamOrchaMessage({ text: "Hi", apiBaseUrl }))).rejects.toMatchObject({
      code: "internal",
    });
  });

  it("throws `network` when the stream ends before the turn does and may not be resumed", async () => {
    const { apiBaseUrl } = await startServer(frames(START, FIRST_DELTA));
    const events = streamOrchaMessage({ text: "Hi", apiBaseUrl, retries: 0 });
    await expect(collect(events)).rejects.toMatchObject({ code: "network" });
  });

  it("closes the connection when the reader leaves early, the first as any later one", async () => {
    for (const script of [[], [cut(START.text)]]) {
      let closed = (): void => undefined;
      const closing = new Promise<void>((resolve) => {
        closed = resolve;
      });
      const { apiBaseUrl } = await startServer(...script, (response, request) => {
        response.once("close", closed);
        return hold(START.text, FIRST_DELTA.text)(response, request);
      });
      setJitter(0);
      for await (const { event } of streamOrchaMessage({ text: "Hi", apiBaseUrl })) {
        if (event === "text-delta") break;
      }
      await closing;
    }
  });

  it("ends at once with the abort reason, whatever has arrived", async () => {
    const controller = new AbortController();
    const { apiBaseUrl, seen } = await startServer(hold(START.text + FIRST_DELTA.text));
    const names: string[] = [];
    const read = async () => {
      const events = streamOrchaMessage({ text: "Hi", apiBaseUrl, signal: controller.signal });
      for await (const { event } of events) {
        names.push(event);
        controller.abort(new Error("left"));
      }
    };
    await expect(read()).rejects.toThrow("left");
    expect(names).toEqual(["turn-start"]);
    expect(seen).toHaveLength(1);
  });
});

describe("a message that does not get through", () => {
  it("is repeated with the same key and body until its turn starts", async () => {
    setJitter(0);
    const { apiBaseUrl, seen } = await startServer(hangUp, unavailable, cut(), stored);
    const events = await collect(streamOrchaMessage({ text: "Hi", apiBaseUrl }));

    expect(namesOf(events)).toEqual(NAMES);
    expect(seen.map(({ method }) => method)).toEqual(["POST", "POST", "POST", "POST"]);
    expect(new Set(seen.map(({ body }) => body)).size).toBe(1);
    expect(new Set(seen.map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
    expect(seen[0]?.headers["idempotency-key"]).toMatch(/^[\w-]{22}$/);
  });

  it("waits for a network that was refused to come back", async () => {
    setJitter(0);
    const { apiBaseUrl, open } = await startLater(stored);
    const events = streamOrchaMessage({
      text: "Hi",
      apiBaseUrl,
      retries: Number.POSITIVE_INFINITY,
      onRetry: ({ attempt }) => void (attempt === 3 && open()),
    });
    expect(namesOf(await collect(events))).toEqual(NAMES);
  });
});

describe("a turn that fails", () => {
  it("runs again with the same key when the service was unavailable", async () => {
    setJitter(0);
    const { apiBaseUrl, seen } = await startServer(
      frames(START, FIRST_DELTA, turnError("unavailable", "Grüße ")),
      stored,
    );
    const retried: unknown[] = [];
    const events = await collect(
      streamOrchaMessage({ text: "Hi", apiBaseUrl, onRetry: ({ error }) => retried.push(error) }),
    );

    expect(namesOf(events)).toEqual(["turn-start", "text-delta", ...NAMES]);
    expect(seen.map(({ method }) => method)).toEqual(["POST", "POST"]);
    expect(seen[1]?.body).toBe(seen[0]?.body);
    expect(seen[1]?.headers["idempotency-key"]).toBe(seen[0]?.headers["idempotency-key"]);
    expect(retried).toMatchObject([
      {
        code: "unavailable",
        message: "It is unavailable.",
        conversationId: 12,
        partialText: "Grüße ",
      },
    ]);
  });

  it("is not repeated for ever: what it told before is no progress", async () => {
    setJitter(0);
    const { apiBaseUrl, seen } = await startServer(
      frames(START, FIRST_DELTA, turnError("unavailable", "Grüße ")),
    );
    const events = await collect(streamOrchaMessage({ text: "Hi", apiBaseUrl, retries: 3 }));
    expect(seen).toHaveLength(4);
    expect(events.filter(({ event }) => event === "turn-error")).toHaveLength(1);
    expect(events.at(-1)).toMatchObject({ event: "turn-error", data: { code: "unavailable" } });
  });

  it("tells its failure when another attempt is not worth it", async () => {
    for (const code of ["model_unavailable", "model_timeout", "internal"]) {
      const { apiBaseUrl, seen } = await startServer(frames(START, turnError(code)));
      const events = await collect(streamOrchaMessage({ text: "Hi", apiBaseUrl }));
      expect(namesOf(events)).toEqual(["turn-start", "turn-error"]);
      expect(seen).toHaveLength(1);
    }
    const { apiBaseUrl } = await startServer(frames(START, turnError("unavailable")));
    const events = await collect(streamOrchaMessage({ text: "Hi", apiBaseUrl, retries: 0 }));
    expect(namesOf(events)).toEqual(["turn-start", "turn-error"]);
  });
});

describe("a stream that is cut", () => {
  it("goes on byte by byte where it was cut, wherever that is", async () => {
    setJitter(0);
    const bytes = Buffer.from(FRAMES.map(({ text }) => text).join(""));
    let length = 0;
    let requests = 0;
    const { apiBaseUrl } = await startServer((response, request) => {
      requests += 1;
      const answer = requests % 2 === 1 ? cut(bytes.subarray(0, length)) : stored;
      return answer(response, request);
    });
    for (; length < bytes.length; length += 1) {
      const events = await collect(streamOrchaMessage({ text: "Hi", apiBaseUrl }));

      expect(namesOf(events), `cut at ${length}`).toEqual(NAMES);
      const deltas = events.map(({ event, data }) => (event === "text-delta" ? data.text : ""));
      expect(deltas.join("")).toBe(TEXT);
    }
    expect(requests).toBe(2 * bytes.length);
  }, 60_000);

  it("goes on when a server that is going away ends it properly", async () => {
    setJitter(0);
    for (const told of FRAMES.keys()) {
      const { apiBaseUrl, seen } = await startServer(frames(...FRAMES.slice(0, told)), stored);
      const events = await collect(streamOrchaMessage({ text: "Hi", apiBaseUrl }));
      expect(namesOf(events)).toEqual(NAMES);
      expect(seen).toHaveLength(2);
    }
  });

  it("names the last event it has seen, in the same tenant", async () => {
    setJitter(0);
    const { apiBaseUrl, seen } = await startServer(
      cut(START.text, `${FIRST_DELTA.text}id: 5:24\nevent: text-delta\n`),
      unavailable,
      stored,
    );
    await collect(streamOrchaMessage({ text: "Hi", apiBaseUrl, tenantId: "a b", visitor: "v1" }));
    for (const resumed of seen.slice(1)) {
      expect(resumed).toMatchObject({
        method: "GET",
        url: `${EVENTS_URL}?tenant_id=a%20b`,
        body: "",
      });
      expect(resumed.headers).toMatchObject({
        accept: "text/event-stream",
        "last-event-id": "5:16",
        "x-aura-visitor": "v1",
      });
      expect(resumed.headers).not.toHaveProperty("idempotency-key");
    }
    expect(seen).toHaveLength(3);
  });

  it("is resumed with the visitor secret that the first answer handed out", async () => {
    setJitter(0);
    const given: string[] = [];
    const { apiBaseUrl, seen } = await startServer(handingOut("fresh", cut(START.text)), stored);
    const options = { text: "Hi", apiBaseUrl, onVisitor: (visitor: string) => given.push(visitor) };
    await collect(streamOrchaMessage(options));
    expect(seen.map(({ headers }) => headers["x-aura-visitor"])).toEqual([undefined, "fresh"]);
    expect(given).toEqual(["fresh"]);
  });

  it("may be cut any number of times as long as it gets further", async () => {
    setJitter(0);
    const { apiBaseUrl, seen } = await startServer(...FRAMES.map(({ text }) => cut(text)));
    const attempts: number[] = [];
    const events = await collect(
      streamOrchaMessage({
        text: "Hi",
        apiBaseUrl,
        retries: 1,
        onRetry: ({ attempt }) => attempts.push(attempt),
      }),
    );
    expect(namesOf(events)).toEqual(NAMES);
    expect(attempts).toEqual([1, 1, 1, 1]);
    expect(seen.map(({ headers }) => headers["last-event-id"])).toEqual([
      undefined,
      "5:1",
      "5:2",
      "5:16",
      "5:24",
    ]);
  });

  it("falls back to the message when nobody knows the turn", async () => {
    setJitter(0);
    const { apiBaseUrl, seen } = await startServer(
      cut(START.text, FIRST_DELTA.text),
      notFound,
      stored,
    );
    const events = await collect(streamOrchaMessage({ text: "Hi", apiBaseUrl }));
    expect(namesOf(events)).toEqual(["turn-start", "text-delta", ...NAMES]);
    expect(seen.map(({ method }) => method)).toEqual(["POST", "GET", "POST"]);
    expect(seen[2]?.body).toBe(seen[0]?.body);
    expect(seen[2]?.headers["idempotency-key"]).toBe(seen[0]?.headers["idempotency-key"]);
  });

  it("is given up when it is cut and forgotten each time", async () => {
    setJitter(0);
    const { apiBaseUrl, seen } = await startServer((response, request) =>
      (request.method === "GET" ? notFound : cut(START.text))(response, request),
    );
    const events = collect(streamOrchaMessage({ text: "Hi", apiBaseUrl, retries: 2 }));
    await expect(events).rejects.toMatchObject({ code: "network" });
    expect(seen.map(({ method }) => method)).toEqual(["POST", "GET", "POST", "GET", "POST"]);
  });

  it("begins anew when the turn was run again and ended earlier than the cut", async () => {
    setJitter(0);
    const { apiBaseUrl, seen } = await startServer(
      cut(START.text, LAST_DELTA.text),
      nothingMissing,
      stored,
    );
    const events = await collect(streamOrchaMessage({ text: "Hi", apiBaseUrl }));
    expect(namesOf(events)).toEqual(["turn-start", "text-delta", ...NAMES]);
    expect(seen[2]?.headers).not.toHaveProperty("last-event-id");
  });

  it("is not resumed for those whose credential was refused meanwhile", async () => {
    setJitter(0);
    const refused = json(401, { title: "Unauthorized", code: "unauthorized" });
    const { apiBaseUrl, seen } = await startServer(cut(START.text), refused);
    const events = collect(streamOrchaMessage({ text: "Hi", apiBaseUrl }));
    await expect(events).rejects.toMatchObject({ code: "unauthorized" });
    expect(seen).toHaveLength(2);
  });
});
