import { createHash } from "node:crypto";
import {
  ERRORS,
  type ErrorCode,
  type Message,
  type Context as Passage,
  type TurnEvent,
} from "@orcha/contract";

/** What the widget asked, as the server saw it. */
export interface Asked {
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Headers;
}

/** One turn under the test's control. */
export interface ScriptedTurn {
  readonly asked: Asked;
  start(contexts?: readonly Passage[]): void;
  delta(text: string): void;
  /** Ends the turn; what was streamed is the answer unless another text is given. */
  end(text?: string): void;
  /** Ends the turn as the visitor's stop does. */
  stop(): void;
  /** Ends the turn without success, in the usual words or in others. */
  fail(code: ErrorCode, message?: string): void;
  /** Ends the connection in the middle. */
  cut(): void;
}

/** What a turn and its conversation are called. */
export interface TurnIds {
  readonly turn: number;
  readonly conversation: number;
}

/** Where the turn's stream goes. */
interface Output {
  write(text: string): void;
  close(): void;
  abort(): void;
}

/** Makes a turn whose messages are kept in the transcript once it has ended. */
export function scriptedTurn(
  asked: Asked,
  { turn: id, conversation: conversationId }: TurnIds,
  transcript: Message[],
  output: Output,
): ScriptedTurn {
  let contexts: readonly Passage[] | undefined;
  let text = "";

  const send = (event: TurnEvent) =>
    output.write(`event: ${event.event}\ndata: ${JSON.stringify(event.data)}\n\n`);
  const data = () => ({
    text,
    conversation_id: conversationId,
    ...(contexts && { contexts: [...contexts] }),
  });
  const keep = (status: Message["status"], error: Message["error"]) => {
    const shared = { turn_id: id, created_at: "2026-01-01T00:00:00.000Z", status, error };
    transcript.push({ id: id * 2, role: "visitor", text: String(asked.body.text), ...shared });
    if (text !== "") {
      transcript.push({ id: id * 2 + 1, role: "assistant", ...data(), ...shared });
    }
  };
  const finish = (finish_reason: "stop" | "stopped") => {
    keep(finish_reason === "stop" ? "done" : "stopped", null);
    send({
      event: "turn-end",
      data: { ...END, finish_reason, data: data(), sha256: sha256(text) },
    });
    output.close();
  };
  return {
    asked,
    start(found) {
      contexts = found;
      const ids = { turn_id: id, conversation_id: conversationId, message_id: id * 2 + 1 };
      send({ event: "turn-start", data: ids });
      if (found) send({ event: "contexts", data: { contexts: [...found] } });
    },
    delta(piece) {
      text += piece;
      send({ event: "text-delta", data: { text: piece } });
    },
    end(final = text) {
      text = final;
      finish("stop");
    },
    stop: () => finish("stopped"),
    fail(code, message = ERRORS[code].message) {
      const { retryable } = ERRORS[code];
      keep("failed", { code, message, retryable });
      send({
        event: "turn-error",
        data: { success: false, message, data: data(), code, retryable },
      });
      output.close();
    },
    cut: output.abort,
  };
}

const END = {
  success: true,
  message: "",
  usage: { input_tokens: 1, output_tokens: 1 },
  model: "scripted/model",
} as const;

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
