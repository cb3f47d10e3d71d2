import { describe, expect, it, onTestFinished, vi } from "vitest";
import { streamOrchaMessage } from "./index.ts";
import { hangUp, startServer } from "./testing/scripted-server.ts";
import {
  ANSWER,
  collect,
  FIRST_DELTA,
  frames,
  namesOf,
  START,
  setJitter,
  stored,
  turnEnd,
} from "./testing/scripted-turn.ts";

const damaged = frames(START, FIRST_DELTA, turnEnd({ data: { ...ANSWER, text: "Gruesse" } }));

describe("an answer that is not the stored one", () => {
  it("is fetched once more, and only its end is given", async () => {
    const { apiBaseUrl, seen } = await startServer(damaged, stored);
    const onRetry = vi.fn();
    const events = await collect(
      streamOrchaMessage({ text: "Hi", apiBaseUrl, retries: 0, onRetry }),
    );

    expect(namesOf(events)).toEqual(["turn-start", "text-delta", "turn-end"]);
    expect(events[2]?.data).toMatchObject({ data: ANSWER });
    expect(seen[1]).toMatchObject({ method: "GET", url: "/api/v1/orcha/turns/5/events" });
    expect(seen[1]?.headers).not.toHaveProperty("last-event-id");
    expect(onRetry).not.toHaveBeenCalled();
  });

  it("is fetched over a bad line as well", async () => {
    setJitter(0);
    const { apiBaseUrl } = await startServer(damaged, hangUp, frames(START), stored);
    const events = await collect(streamOrchaMessage({ text: "Hi", apiBaseUrl }));
    expect(namesOf(events)).toEqual(["turn-start", "text-delta", "turn-end"]);
    expect(events[2]?.data).toMatchObject({ data: ANSWER });
  });

  it("is a lost one when it arrives so again", async () => {
    const { apiBaseUrl, seen } = await startServer(damaged);
    await expect(collect(streamOrchaMessage({ text: "Hi", apiBaseUrl }))).rejects.toMatchObject({
      name: "OrchaClientError",
      code: "network",
    });
    expect(seen).toHaveLength(2);
  });

  it("is not told from another on plain http, where browsers have no crypto.subtle", async () => {
    const { getRandomValues } = crypto;
    vi.stubGlobal("crypto", { getRandomValues: getRandomValues.bind(crypto) });
    onTestFinished(() => {
      vi.unstubAllGlobals();
    });
    const { apiBaseUrl, seen } = await startServer(damaged);
    const events = await collect(streamOrchaMessage({ text: "Hi", apiBaseUrl }));
    expect(events[2]?.data).toMatchObject({ data: { text: "Gruesse" } });
    expect(seen).toHaveLength(1);
  });

  it("is given as it is when the server sent no sha256", async () => {
    const { apiBaseUrl, seen } = await startServer(frames(START, turnEnd({ sha256: undefined })));
    const events = await collect(streamOrchaMessage({ text: "Hi", apiBaseUrl }));
    expect(namesOf(events)).toEqual(["turn-start", "turn-end"]);
    expect(seen).toHaveLength(1);
  });
});
