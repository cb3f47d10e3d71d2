import { hash } from "node:crypto";
import {
  type ChatData,
  type Context,
  ERRORS,
  type ErrorCode,
  type TurnEvent,
} from "@orcha/contract";
import { CleanTextStream } from "./clean-text.ts";
import type { TurnOutcome, UnpricedOutcome } from "./close-turn-store.ts";
import type { TurnClock } from "./deadline.ts";
import { estimatePrompt, estimateTokens } from "./fit-history.ts";
import type { ChatModelRequest, ModelPart } from "./ports.ts";

/** How a turn ends. */
export type Ending =
  | { readonly state: "done" | "stopped" }
  | { readonly state: "failed"; readonly code: ErrorCode };

/** No language comes near it on average. */
const MOST_CHARS_PER_TOKEN = 16;

/** A whole answer ends as its model says. */
const FINISH_REASONS = { done: undefined, stopped: "stopped", failed: "cut" } as const;

/** What has been said so far, and how the turn ends with it. */
export class Answer {
  contexts: Context[] | undefined;
  request: ChatModelRequest | undefined;
  finish: Extract<ModelPart, { type: "finish" }> | undefined;
  /** What was written as pieces, and what came since: making one text of it at each piece would copy it each time. */
  readonly #written: string[] = [];
  #unwritten = "";
  #length = 0;
  #firstTokenMs: number | null = null;
  readonly #cleaner = new CleanTextStream();
  readonly #conversationId: number;

  constructor(conversationId: number) {
    this.#conversationId = conversationId;
  }

  /** What has been said; it never ends inside a surrogate pair. */
  get text(): string {
    const { length } = this.#written;
    return length === 0 ? this.#unwritten : this.#written.join("") + this.#unwritten;
  }

  /** Of the text. */
  get length(): number {
    return this.#length;
  }

  get unwritten(): string {
    return this.#unwritten;
  }

  /** Takes note that the beginning of what was unwritten is written. */
  wrote(piece: string): void {
    this.#written.push(piece);
    this.#unwritten = this.#unwritten.slice(piece.length);
  }

  add(part: ModelPart, clock: TurnClock): string {
    if (part.type === "finish") {
      this.finish = part;
      return "";
    }
    if (this.#firstTokenMs === null) {
      clock.firstToken();
      this.#firstTokenMs = clock.elapsedMs();
    }
    return this.append(this.#cleaner.push(part.text));
  }

  /** Finishes an answer whose model does not keep to its limit; false while there is room. */
  finishEndless(maxTokens: number, model: string): boolean {
    if (this.#length <= maxTokens * MOST_CHARS_PER_TOKEN) return false;
    this.finish ??= { type: "finish", finishReason: "length", usage: undefined, model };
    return true;
  }

  flush(): string {
    return this.append(this.#cleaner.flush());
  }

  /** Takes text that is clean already. */
  append(text: string): string {
    this.#unwritten += text;
    this.#length += text.length;
    return text;
  }

  outcome(ending: Ending, clock: TurnClock): UnpricedOutcome {
    return {
      state: ending.state,
      text: this.text,
      contexts: this.contexts ? JSON.stringify(this.contexts) : null,
      errorCode: ending.state === "failed" ? ending.code : null,
      finishReason: FINISH_REASONS[ending.state] ?? this.finish?.finishReason ?? "stop",
      model: this.finish?.model ?? null,
      ...this.#usage(ending),
      firstTokenMs: this.#firstTokenMs,
      totalMs: clock.elapsedMs(),
    };
  }

  /** As the provider counted, else estimated from what went in and came out. */
  #usage(ending: Ending): { inputTokens: number; outputTokens: number } {
    if (this.finish?.usage) return this.finish.usage;
    if (!this.request || this.#wasRefused(ending)) return { inputTokens: 0, outputTokens: 0 };
    return {
      inputTokens: estimatePrompt(this.request),
      outputTokens: estimateTokens(this.text),
    };
  }

  /** A request that no model took up costs nothing, or an outage would use up the budgets. */
  #wasRefused(ending: Ending): boolean {
    const isUnavailable = ending.state === "failed" && ending.code === "model_unavailable";
    return isUnavailable && this.#length === 0 && !this.finish;
  }

  turnEnd(
    outcome: Pick<TurnOutcome, "inputTokens" | "outputTokens" | "model" | "finishReason">,
  ): TurnEvent {
    const data = this.#data();
    return {
      event: "turn-end",
      data: {
        success: true,
        message: "",
        data,
        usage: { input_tokens: outcome.inputTokens, output_tokens: outcome.outputTokens },
        model: outcome.model ?? "",
        finish_reason: outcome.finishReason ?? "stop",
        sha256: hash("sha256", data.text),
      },
    };
  }

  turnError(code: ErrorCode): TurnEvent {
    const { message, retryable } = ERRORS[code];
    const data = this.#data();
    return { event: "turn-error", data: { success: false, message, data, code, retryable } };
  }

  #data(): ChatData {
    const data: ChatData = { text: this.text, conversation_id: this.#conversationId };
    return this.contexts ? { ...data, contexts: this.contexts } : data;
  }
}
