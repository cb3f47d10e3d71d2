import { describe, expect, it } from "vitest";
import { resumeOrchaTurn, streamOrchaMessage } from "./index.ts";
import { type Answer, cut, startServer } from "./testing/scripted-server.ts";
import {
  collect,
  END,
  FIRST_DELTA,
  FRAMES,
  frames,
  LAST_DELTA,
  namesOf,
  START,
  SUGGESTIONS,
  setJitter,
  TEXT,
  turnEnd,
  turnError,
} from "./testing/scripted-turn.ts";

const TOLD = [...FRAMES.slice(0, -1), SUGGESTIONS, END];
const NAMES = TOLD.map(({ text }) => /^event: (.+)$/m.exec(text)?.[1]);

/** As the server does it: behind the text, the suggestions are told again. */
const stored: Answer = (response, request) => {
  const last = TOLD.findIndex(({ id }) => id === request.headers["last-event-id"]);
  return frames(...TOLD.slice(last + 1))(response, request);
};

describe("suggestions", () => {
  it("are given before the end", async () => {
    const { apiBaseUrl } = await startServer(stored);
    const events = await collect(streamOrchaMessage({ text: "Hi", apiBaseUrl }));
    expect(namesOf(events)).toEqual(NAMES);
    expect(events.at(-2)).toEqual({ event: "suggestions", data: { suggestions: ["Delivery"] } });
  });

  it("are given once, and the text byte by byte, wherever the stream is cut", async () => {
    setJitter(0);
    const bytes = Buffer.from(TOLD.map(({ text }) => text).join(""));
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
  }, 60_000);

  it("are no progress when they are told again: a turn that is cut behind them is given up", async () => {
    setJitter(0);
    const { apiBaseUrl, seen } = await startServer(
      cut(START.text, LAST_DELTA.text, SUGGESTIONS.text),
      cut(SUGGESTIONS.text),
    );
    const events = collect(streamOrchaMessage({ text: "Hi", apiBaseUrl, retries: 2 }));
    await expect(events).rejects.toMatchObject({ code: "network" });
    expect(seen).toHaveLength(3);
  });

  it("come to who resumes behind the text, and are not repeated for a damaged answer", async () => {
    const { apiBaseUrl } = await startServer(
      frames(SUGGESTIONS, turnEnd({ sha256: "0".repeat(64) })),
      stored,
    );
    const events = resumeOrchaTurn({ turnId: 5, lastEventId: LAST_DELTA.id, apiBaseUrl });
    expect(namesOf(await collect(events))).toEqual(["suggestions", "turn-end"]);
  });

  it("come anew with an answer that begins anew", async () => {
    setJitter(0);
    const { apiBaseUrl } = await startServer(
      frames(START, FIRST_DELTA, SUGGESTIONS, turnError("unavailable", "Gr")),
      stored,
    );
    const events = await collect(streamOrchaMessage({ text: "Hi", apiBaseUrl }));
    expect(namesOf(events)).toEqual(["turn-start", "text-delta", "suggestions", ...NAMES]);
  });
});
