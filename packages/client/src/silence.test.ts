import { expect, it, onTestFinished, vi } from "vitest";
import { sendOrchaMessage, streamOrchaMessage } from "./index.ts";
import { hold, startServer } from "./testing/scripted-server.ts";
import {
  collect,
  END,
  FIRST_DELTA,
  frames,
  LAST_DELTA,
  NAMES,
  namesOf,
  START,
} from "./testing/scripted-turn.ts";

/** Lets a wait of this length be over as soon as it begins to be waited for in vain. */
function hurry(lengthMs: number): void {
  const { setTimeout } = globalThis;
  const spy = vi
    .spyOn(globalThis, "setTimeout")
    .mockImplementation(((act: () => void, ms?: number) =>
      setTimeout(act, ms === lengthMs ? 50 : ms)) as typeof globalThis.setTimeout);
  onTestFinished(() => spy.mockRestore());
}

it("takes a stream for lost that is silent for longer than two pings, and resumes it", async () => {
  hurry(40_000);
  const { apiBaseUrl, seen } = await startServer(
    hold(START.text + FIRST_DELTA.text),
    frames(LAST_DELTA, END),
  );
  const events = await collect(streamOrchaMessage({ text: "Hi", apiBaseUrl }));
  expect(namesOf(events)).toEqual(NAMES.filter((name) => name !== "contexts"));
  expect(seen[1]?.headers["last-event-id"]).toBe(FIRST_DELTA.id);
});

it("does not wait for ever for an answer that does not begin", async () => {
  hurry(90_000);
  const { apiBaseUrl } = await startServer(() => {});
  const sent = sendOrchaMessage({ text: "Hi", apiBaseUrl, retries: 0 });
  await expect(sent).rejects.toMatchObject({ code: "network" });
});
