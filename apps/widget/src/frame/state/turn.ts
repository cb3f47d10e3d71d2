import type { Context, Message, TurnEvent } from "@orcha/contract";

/** One question and what became of it, as the view draws it. */
export interface Turn {
  /** The turn's id on the server, once it is known. */
  readonly id: number | undefined;
  readonly question: string;
  readonly answer: string;
  readonly contexts: readonly Context[];
  readonly phase: "waiting" | "streaming" | "done" | "failed";
  /** Why a finished answer is not a whole one. */
  readonly ending: "stopped" | "cut" | undefined;
  readonly failure: Failure | undefined;
}

/** Why a question has no answer; the message is for the visitor. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

/** A question that was just asked. */
export function askedTurn(question: string): Turn {
  return {
    id: undefined,
    question,
    answer: "",
    contexts: [],
    phase: "waiting",
    ending: undefined,
    failure: undefined,
  };
}

/** The turn after one more event of its stream. */
export function applyEvent(turn: Turn, { event, data }: TurnEvent): Turn {
  switch (event) {
    case "turn-start":
      return { ...turn, id: data.turn_id };
    case "contexts":
      return { ...turn, contexts: data.contexts };
    case "text-delta":
      return { ...turn, phase: "streaming", answer: turn.answer + data.text };
    case "turn-end":
      return {
        ...turn,
        phase: "done",
        answer: data.data.text,
        contexts: data.data.contexts ?? [],
        ending: endingOf(data.finish_reason),
      };
    case "turn-error":
      return failedTurn(
        { ...turn, answer: data.data.text || turn.answer },
        { code: data.code, message: data.message },
      );
  }
}

/** The turn without an answer, or with the part of it that had arrived. */
export function failedTurn(turn: Turn, failure: Failure): Turn {
  return { ...turn, phase: "failed", failure };
}

/** The turns of a transcript. A failed one that was simply asked again is left out. */
export function turnsOf(messages: readonly Message[]): Turn[] {
  const byId = new Map<number, Turn>();
  for (const message of messages) {
    byId.set(message.turn_id, withMessage(byId.get(message.turn_id) ?? askedTurn(""), message));
  }
  const turns = [...byId.values()];
  return turns.filter(
    (turn, index) => turn.phase !== "failed" || turns[index + 1]?.question !== turn.question,
  );
}

function withMessage(turn: Turn, message: Message): Turn {
  const told: Turn = {
    ...turn,
    id: message.turn_id,
    phase: PHASES[message.status],
    ending: message.status === "stopped" ? "stopped" : undefined,
    failure: message.error ?? turn.failure,
  };
  if (message.role === "visitor") return { ...told, question: message.text };
  return { ...told, answer: message.text, contexts: message.contexts ?? [] };
}

const PHASES = { pending: "waiting", done: "done", stopped: "done", failed: "failed" } as const;

function endingOf(reason: string): Turn["ending"] {
  if (reason === "stopped") return "stopped";
  return reason === "stop" ? undefined : "cut";
}
