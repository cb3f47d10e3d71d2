import { createHash } from "node:crypto";
import type { TurnEvent } from "@orcha/contract";
import { onTestFinished, vi } from "vitest";
import { type Answer, stream } from "./scripted-server.ts";

/** One event as it travels. */
export interface Frame {
  readonly id: string;
  readonly text: string;
}

function frame(seq: number, event: string, data: unknown): Frame {
  const id = `5:${seq}`;
  return { id, text: `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n` };
}

export const TEXT = "Grüße 😀, Ada.";
export const ANSWER = { text: TEXT, conversation_id: 12, contexts: [] };
const SHA256 = createHash("sha256").update(TEXT).digest("hex");

export const START = frame(1, "turn-start", { turn_id: 5, conversation_id: 12, message_id: 6 });
const CONTEXTS = frame(2, "contexts", { contexts: [] });
export const FIRST_DELTA = frame(16, "text-delta", { text: "Grüße " });
export const LAST_DELTA = frame(24, "text-delta", { text: "😀, Ada." });
/** Shares the place of the text before it. */
export const SUGGESTIONS = frame(24, "suggestions", { suggestions: ["Delivery"] });
export const END = turnEnd();

/** The whole turn. */
export const FRAMES = [START, CONTEXTS, FIRST_DELTA, LAST_DELTA, END] as const;
export const NAMES = ["turn-start", "contexts", "text-delta", "text-delta", "turn-end"] as const;

/** The end of the turn, with what the test says otherwise. */
export function turnEnd(other: Record<string, unknown> = {}): Frame {
  return frame(25, "turn-end", {
    success: true,
    message: "",
    data: ANSWER,
    usage: { input_tokens: 1, output_tokens: 1 },
    model: "scripted",
    finish_reason: "stop",
    sha256: SHA256,
    ...other,
  });
}

/** The end of a turn that failed after `text`. */
export function turnError(code: string, text = ""): Frame {
  return frame(11 + text.length, "turn-error", {
    success: false,
    message: `It is ${code}.`,
    data: { text, conversation_id: 12 },
    code,
    retryable: true,
  });
}

/** A stream of these frames. */
export function frames(...all: readonly Frame[]): Answer {
  return stream(...all.map(({ text }) => text));
}

/** What the server keeps of the turn: whatever comes after the id that the client names. */
export const stored: Answer = (response, request) => {
  const last = FRAMES.findIndex(({ id }) => id === request.headers["last-event-id"]);
  return frames(...FRAMES.slice(last + 1))(response, request);
};

export async function collect(events: AsyncIterable<TurnEvent>): Promise<TurnEvent[]> {
  const all: TurnEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

export function namesOf(events: readonly TurnEvent[]): string[] {
  return events.map(({ event }) => event);
}

/** Full jitter is a random part of the backoff: this makes it the given part, 0 for no wait at all. */
export function setJitter(part: number): void {
  const random = vi.spyOn(Math, "random").mockReturnValue(part);
  onTestFinished(() => random.mockRestore());
}
