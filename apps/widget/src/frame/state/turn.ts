import type { Context, Message, TurnEvent } from "@orcha/contract";
import { say } from "../i18n/words.ts";
import type { OutgoingMessage } from "./message.ts";

/** One question and what became of it, as the view draws it. */
export interface Turn {
  /** The turn's id on the server, once it is known. */
  readonly id?: number | undefined;
  readonly question: string;
  /** What this tab sent for it; undefined for a turn that was read back. */
  readonly message?: OutgoingMessage | undefined;
  /** The answer's id as a message of the transcript. */
  readonly messageId?: number | undefined;
  readonly answer: string;
  readonly contexts: readonly Context[];
  readonly phase: "waiting" | "streaming" | "done" | "failed";
  /** Why the answer is not a whole one. */
  readonly ending?: "stopped" | "cut" | undefined;
  readonly failure?: Failure | undefined;
  /** What the visitor thinks of the answer. */
  readonly feedback?:
    | { readonly rating: "up" | "down"; readonly comment: string | null }
    | null
    | undefined;
  /** What could be asked next. */
  readonly suggestions?: readonly string[] | undefined;
  /** What is said while the connection is away and comes back by itself. */
  readonly reconnecting?: string | undefined;
}

/** Why a question has no answer. */
export interface Failure {
  readonly code: string;
  /** For the visitor, in English; `sayFailure` says it in the visitor's language. */
  readonly message: string;
  /** True when the very same message may be sent again. */
  readonly retryable: boolean;
  /** How long it takes until the next try can help, when that is long. */
  readonly waitMinutes?: number | undefined;
}

/** Failures that sending again cannot mend: they are told calmly. Who signs in is answered without asking again. */
const FINAL = ["budget_exhausted", "forbidden", "unauthorized"];

export function canRetryHelp(failure: Failure | undefined): boolean {
  return !FINAL.includes(failure?.code ?? "");
}

/** What is said under an answer that is not a whole one. */
export function endingWords(ending: NonNullable<Turn["ending"]>): string {
  return say(ending);
}

/** A question that was just asked. */
export function askedTurn(question: string, message?: OutgoingMessage): Turn {
  return { question, message, answer: "", contexts: [], phase: "waiting" };
}

/** The turn after one more event of its stream. A second `turn-start` begins the answer anew. */
export function applyEvent(before: Turn, { event, data }: TurnEvent): Turn {
  const turn = { ...before, reconnecting: undefined };
  switch (event) {
    case "turn-start":
      // What was there of an answer stays until there is more: told again, it stands still.
      return { ...turn, id: data.turn_id, messageId: data.message_id, phase: "waiting" };
    case "contexts":
      return { ...turn, contexts: data.contexts };
    case "suggestions":
      return { ...turn, suggestions: data.suggestions };
    case "text-delta":
      return {
        ...turn,
        phase: "streaming",
        answer: (turn.phase === "streaming" ? turn.answer : "") + data.text,
      };
    case "turn-end":
      return {
        ...turn,
        phase: "done",
        answer: data.data.text,
        contexts: data.data.contexts ?? [],
        ending: endingOf(data.finish_reason),
      };
    case "turn-error":
      return failedTurn({ ...turn, answer: data.data.text || turn.answer }, data);
  }
}

/** The turn without an answer, or with the part of it that had arrived. */
export function failedTurn(turn: Turn, failure: Failure): Turn {
  const ending = turn.answer ? "cut" : undefined;
  return { ...turn, phase: "failed", ending, failure, reconnecting: undefined };
}

/** Whether nothing more will come. */
export function hasEnded({ phase }: Turn): boolean {
  return phase === "done" || phase === "failed";
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

function withMessage(
  turn: Turn,
  { id, turn_id, role, text, contexts, status, error, feedback }: Message,
): Turn {
  const isAnswer = role === "assistant";
  const told: Turn = {
    ...turn,
    id: turn_id,
    ...(isAnswer
      ? { messageId: id, answer: text, contexts: contexts ?? [], feedback }
      : { question: text }),
    phase: status === "pending" ? "waiting" : status === "failed" ? status : "done",
    ending: status === "stopped" ? status : undefined,
  };
  return error ? failedTurn(told, error) : told;
}

function endingOf(reason: string): Turn["ending"] {
  if (reason === "stopped") return reason;
  return reason === "stop" ? undefined : "cut";
}
