import { expect, it, onTestFinished } from "vitest";
import { account } from "../testing/turns.ts";
import { Answer } from "./answer.ts";
import { TurnClock } from "./deadline.ts";
import { followTurn, NOTHING } from "./follow-turn.ts";
import { openedTurn } from "./opened-turn.ts";
import { RunningTurns } from "./running-turns.ts";

const place = { conversationId: 7, position: 0, replacesTurnId: undefined };
const turn = openedTurn({ turnId: 2, ...place, account });

function startTurn() {
  const clock = new TurnClock({ firstTokenMs: 1_000, totalMs: 1_000 });
  onTestFinished(() => clock.stop());
  const answer = new Answer(turn.conversationId);
  const turns = new RunningTurns();
  const running = turns.add("tenant", turn, clock, answer);
  const say = (text: string) => {
    answer.append(text);
    running.changed();
  };
  return { answer, running, turns, say };
}

it("tells a reader what came while it was busy with what came before", async () => {
  const { answer, running, say } = startTurn();
  const events = followTurn(running, turn, NOTHING, new AbortController().signal);
  await events.next();
  say("One ");
  expect((await events.next()).value).toMatchObject({ data: { text: "One " } });
  // Nobody waits at this moment.
  say("two.");
  running.finish(answer.turnError("internal"));
  expect((await events.next()).value).toMatchObject({ data: { text: "two." } });
  expect((await events.next()).value).toMatchObject({ event: "turn-error" });
  expect((await events.next()).done).toBe(true);
});

it("lets a reader go that leaves while it waits", async () => {
  const { running } = startTurn();
  const left = new AbortController();
  const events = followTurn(running, turn, NOTHING, left.signal);
  await events.next();
  const waiting = events.next();
  left.abort();
  expect((await waiting).done).toBe(true);
});

it("saves each part of the text once, and none that its end will hold", async () => {
  const { running, say } = startTurn();
  say("One ");
  const first = running.unsaved();
  expect(first).toMatchObject({ piece: 0, text: "One " });
  if (first) await running.saving(first, Promise.reject(new Error("away")));
  say("two ");
  const again = running.unsaved();
  expect(again).toMatchObject({ piece: 0, text: "One two " });
  if (again) await running.saving(again, Promise.resolve());
  say("three.");
  expect(running.unsaved()).toMatchObject({ piece: 1, text: "three." });
  expect(await running.stopSaving()).toBe(true);
  expect(running.unsaved()).toBeUndefined();
});

it("is not forgotten with an earlier attempt at the same turn", () => {
  const { turns, running, answer } = startTurn();
  const again = turns.add("tenant", turn, running.clock, answer);
  running[Symbol.dispose]();
  expect(turns.find("tenant", turn.turnId)).toBe(again);
});
