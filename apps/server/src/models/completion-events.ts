import { createParser } from "eventsource-parser";
import type { ModelPart } from "../turns/ports.ts";
import { ModelFault, statusFault } from "./model-fault.ts";

type Finish = Extract<ModelPart, { type: "finish" }>;

/** One event of the wire, as far as we read it. Servers differ, so every field is checked before use. */
interface CompletionChunk {
  readonly choices?: readonly CompletionChoice[] | null;
  readonly usage?: {
    readonly prompt_tokens?: unknown;
    readonly completion_tokens?: unknown;
  } | null;
  readonly error?: { readonly message?: unknown; readonly code?: unknown } | string | null;
}
interface CompletionChoice {
  readonly delta?: { readonly content?: unknown } | null;
  readonly finish_reason?: unknown;
}

const MAX_EVENT_CHARS = 1024 * 1024;
// For each line the parser searches all it was fed for a carriage return; large reads would cost it the square.
const SLICE_CHARS = 4096;
const MAX_QUOTE_CHARS = 200;

/** Collects what the events of one streamed chat completion say: text, finish reason, usage, a fault. */
export class CompletionEvents {
  finishReason: Finish["finishReason"] | undefined;
  usage: Finish["usage"];
  fault: ModelFault | undefined;
  /** True once `[DONE]` was read. */
  done = false;
  #text = "";
  #charsSinceEvent = 0;
  readonly #decoder = new TextDecoder();
  readonly #parser = createParser({
    onEvent: (event) => this.#onEvent(event.data),
    onComment: () => {
      this.#charsSinceEvent = 0;
    },
  });

  /** Reads the next bytes; they may end anywhere, even inside a character. */
  feed(bytes: Uint8Array): void {
    const text = this.#decoder.decode(bytes, { stream: true });
    this.#charsSinceEvent += text.length;
    for (let start = 0; start < text.length; start += SLICE_CHARS) {
      this.#parser.feed(text.slice(start, start + SLICE_CHARS));
    }
    if (this.#charsSinceEvent > MAX_EVENT_CHARS) {
      this.fault ??= new ModelFault("transient", "An event of the stream is too large");
    }
  }

  /** Reads a last event that no blank line ended. */
  end(): void {
    this.#parser.feed(`${this.#decoder.decode()}\n\n`);
  }

  /** All text since the last call. */
  takeText(): string {
    const text = this.#text;
    this.#text = "";
    return text;
  }

  #onEvent(data: string): void {
    this.#charsSinceEvent = 0;
    if (this.done || this.fault !== undefined) return;
    if (data === "[DONE]") {
      this.done = true;
      return;
    }

    const chunk = parseChunk(data);
    if (chunk === undefined) {
      this.fault = new ModelFault("transient", `Not an event: ${data.slice(0, MAX_QUOTE_CHARS)}`);
    } else if (chunk.error !== undefined && chunk.error !== null) {
      this.fault = chunkFault(chunk.error);
    } else {
      this.#readChunk(chunk);
    }
  }

  #readChunk(chunk: CompletionChunk): void {
    const choice: CompletionChoice | null | undefined = Array.isArray(chunk.choices)
      ? chunk.choices[0]
      : undefined;
    const content = choice?.delta?.content;
    if (typeof content === "string") this.#text += content;

    const reason = choice?.finish_reason;
    if (reason === "error") this.fault = new ModelFault("transient", "The provider gave up");
    else if (typeof reason === "string" && reason !== "")
      this.finishReason = finishReasonOf(reason);

    const inputTokens = chunk.usage?.prompt_tokens;
    const outputTokens = chunk.usage?.completion_tokens;
    if (isCount(inputTokens) && isCount(outputTokens)) this.usage = { inputTokens, outputTokens };
  }
}

function parseChunk(data: string): CompletionChunk | undefined {
  try {
    const chunk: unknown = JSON.parse(data);
    return typeof chunk === "object" && chunk !== null ? chunk : undefined;
  } catch {
    return undefined;
  }
}

function chunkFault(error: NonNullable<CompletionChunk["error"]>): ModelFault {
  const text = JSON.stringify(error);
  const code = typeof error === "object" ? error.code : undefined;
  // Some servers give an HTTP status here, others a word of their own.
  const status = typeof code === "number" && code >= 400 && code < 600 ? code : 500;
  return statusFault(status, text, { providerCode: code });
}

function finishReasonOf(reason: string): Finish["finishReason"] {
  return reason === "length" || reason === "content_filter" ? reason : "stop";
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
