import { describe, expect, it } from "vitest";
import { resumeOrchaTurn } from "./index.ts";
import {
  cut,
  json,
  notFound,
  nothingMissing,
  startServer,
  unavailable,
} from "./testing/scripted-server.ts";
import {
  ANSWER,
  collect,
  FIRST_DELTA,
  FRAMES,
  frames,
  NAMES,
  namesOf,
  START,
  setJitter,
  stored,
  turnEnd,
  turnError,
} from "./testing/scripted-turn.ts";

describe("resumeOrchaTurn", () => {
  it("follows a turn from its beginning", async () => {
    const { apiBaseUrl, seen } = await startServer(stored);
    const events = await collect(
      resumeOrchaTurn({ turnId: 5, apiBaseUrl, tenantId: "a b", visitor: "v1" }),
    );
    expect(namesOf(events)).toEqual(NAMES);
    expect(seen).toMatchObject([
      { method: "GET", url: "/api/v1/orcha/turns/5/events?tenant_id=a%20b" },
    ]);
    expect(seen[0]?.headers).toMatchObject({
      accept: "text/event-stream",
      "x-aura-visitor": "v1",
    });
    expect(seen[0]?.headers).not.toHaveProperty("last-event-id");
  });

  it("follows a turn from after the event that was seen", async () => {
    const { apiBaseUrl, seen } = await startServer(stored);
    const events = await collect(
      resumeOrchaTurn({ turnId: 5, lastEventId: FIRST_DELTA.id, apiBaseUrl }),
    );
    expect(namesOf(events)).toEqual(["text-delta", "turn-end"]);
    expect(seen[0]?.headers["last-event-id"]).toBe("5:16");
  });

  it("gives nothing when the end was seen", async () => {
    const { apiBaseUrl, seen } = await startServer(nothingMissing);
    const events = resumeOrchaTurn({ turnId: 5, lastEventId: "5:25", apiBaseUrl });
    expect(await collect(events)).toEqual([]);
    expect(seen).toHaveLength(1);
  });

  it("goes on after each cut", async () => {
    setJitter(0);
    const { apiBaseUrl, seen } = await startServer(
      unavailable,
      ...FRAMES.slice(2).map(({ text }) => cut(text)),
    );
    const events = await collect(
      resumeOrchaTurn({ turnId: 5, lastEventId: "5:2", apiBaseUrl, retries: 1 }),
    );
    expect(namesOf(events)).toEqual(["text-delta", "text-delta", "turn-end"]);
    expect(seen.map(({ headers }) => headers["last-event-id"])).toEqual([
      "5:2",
      "5:2",
      "5:16",
      "5:24",
    ]);
  });

  it("gives a failure as it is: there is no message to send again", async () => {
    const { apiBaseUrl, seen } = await startServer(frames(START, turnError("unavailable")));
    const events = await collect(resumeOrchaTurn({ turnId: 5, apiBaseUrl }));
    expect(namesOf(events)).toEqual(["turn-start", "turn-error"]);
    expect(seen).toHaveLength(1);
  });

  it("throws what refuses it", async () => {
    const invalid = json(400, { title: "Invalid", code: "invalid_request" });
    for (const [answer, code] of [
      [notFound, "not_found"],
      [invalid, "invalid_request"],
    ] as const) {
      const { apiBaseUrl, seen } = await startServer(answer);
      const events = collect(resumeOrchaTurn({ turnId: 5, apiBaseUrl }));
      await expect(events).rejects.toMatchObject({ code });
      expect(seen).toHaveLength(1);
    }
  });

  it("fetches a damaged answer once more", async () => {
    const damaged = frames(turnEnd({ data: { ...ANSWER, text: "Gruesse" } }));
    const { apiBaseUrl, seen } = await startServer(damaged, stored);
    const events = await collect(resumeOrchaTurn({ turnId: 5, lastEventId: "5:24", apiBaseUrl }));
    expect(events).toMatchObject([{ event: "turn-end", data: { data: ANSWER } }]);
    expect(seen[1]?.headers).not.toHaveProperty("last-event-id");
  });
});
