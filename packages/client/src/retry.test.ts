import { getEventListeners } from "node:events";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { type MessageOptions, type Retry, sendOrchaMessage } from "./index.ts";
import {
  type Answer,
  failure,
  hangUp,
  startServer,
  unavailable,
} from "./testing/scripted-server.ts";
import { setJitter } from "./testing/scripted-turn.ts";

/** Sends a message to a server that always answers so, and tells what became of it. */
async function send(answer: Answer, options: Omit<MessageOptions, "text"> = {}) {
  const { apiBaseUrl, seen } = await startServer(answer);
  const retries: Retry[] = [];
  const error: unknown = await sendOrchaMessage({
    text: "Hi",
    apiBaseUrl,
    onRetry: (retry) => retries.push(retry),
    ...options,
  }).catch((caught: unknown) => caught);
  return { error, retries, requests: seen.length };
}

describe("the retry policy", () => {
  it("gives up after six attempts in a row and throws the last failure", async () => {
    const { error, retries, requests } = await send(unavailable);
    expect(error).toMatchObject({ code: "unavailable", status: 503 });
    expect(retries.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(retries[0]?.error).toMatchObject({ code: "unavailable", message: "It is unavailable." });
    expect(requests).toBe(7);
  });

  it("never tries again with retries: 0", async () => {
    for (const answer of [hangUp, unavailable]) {
      const { retries, requests } = await send(answer, { retries: 0 });
      expect(retries).toEqual([]);
      expect(requests).toBe(1);
    }
  });

  it("doubles what it draws the wait from, up to eight seconds", async () => {
    const browser = stubBrowser();
    setJitter(1);
    const waits: number[] = [];
    await send(hangUp, {
      onRetry: ({ waitMs }) => {
        waits.push(waitMs);
        queueMicrotask(() => browser.dispatchEvent(new Event("online")));
      },
    });
    expect(waits).toEqual([400, 800, 1600, 3200, 6400, 8000]);

    setJitter(0.25);
    const { retries } = await send(hangUp, { retries: 1 });
    expect(retries[0]?.waitMs).toBe(100);
  });

  it("waits no longer than until the browser is online again, and leaves no listener behind", async () => {
    const browser = stubBrowser();
    const limited = failure("rate_limited", { status: 429, headers: { "Retry-After": "30" } });
    const { retries, requests } = await send(limited, {
      retries: 2,
      onRetry: ({ waitMs }) => {
        expect(waitMs).toBe(30_000);
        queueMicrotask(() => browser.dispatchEvent(new Event("online")));
      },
    });
    expect(retries).toEqual([]);
    expect(requests).toBe(3);
    expect(getEventListeners(browser, "online")).toEqual([]);
  });

  it("does not let a visitor wait longer than half a minute", async () => {
    const limited = failure("rate_limited", { status: 429, headers: { "Retry-After": "31" } });
    const { error, requests } = await send(limited);
    expect(error).toMatchObject({ code: "rate_limited", retryAfterSeconds: 31 });
    expect(requests).toBe(1);
  });

  it("ends a wait at once with the abort reason", async () => {
    const limited = failure("unavailable", { status: 503, headers: { "Retry-After": "30" } });
    const during = new AbortController();
    const waiting = await send(limited, {
      signal: during.signal,
      onRetry: () => queueMicrotask(() => during.abort(new Error("left"))),
    });
    expect(waiting).toMatchObject({ error: { message: "left" }, requests: 1 });

    const before = new AbortController();
    const told = await send(limited, {
      signal: before.signal,
      onRetry: () => before.abort(new Error("left")),
    });
    expect(told).toMatchObject({ error: { message: "left" }, requests: 1 });
  });

  it("throws what the page's own functions throw", async () => {
    const { error, requests } = await send(unavailable, {
      authToken: () => {
        throw new Error("signed out");
      },
    });
    expect(error).toMatchObject({ message: "signed out" });
    expect(requests).toBe(0);
  });
});

/** What a browser's window has and Node has not: somewhere to hear that it is online. */
function stubBrowser(): EventTarget {
  const target = new EventTarget();
  vi.stubGlobal("addEventListener", target.addEventListener.bind(target));
  onTestFinished(() => {
    vi.unstubAllGlobals();
  });
  return target;
}
