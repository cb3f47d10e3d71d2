import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Prompt,
  LanguageModelV4StreamPart,
} from "@ai-sdk/provider";
import type { ChatModel, ChatModelRequest, ModelPart } from "../turns/ports.ts";
import {
  ModelFault,
  modelError,
  networkFault,
  readRetryAfterMs,
  statusFault,
} from "./model-fault.ts";
import { alternatingMessages } from "./prompt-messages.ts";

// What may come after the answer is complete: the end of the response.
const AFTERMATH_MS = 1_000;

type FinishPart = Extract<LanguageModelV4StreamPart, { type: "finish" }>;

/**
 * A model behind the AI SDK's provider interface. `load` is called at the first turn, so that a provider's package
 * costs nothing at start.
 */
export function aiSdkModel(name: string, load: () => Promise<LanguageModelV4>): ChatModel {
  let loading: Promise<LanguageModelV4> | undefined;

  return {
    name,
    alwaysRetrieves: false,
    async *stream(request, signal) {
      loading ??= load();
      const model = await loading;
      const reader = await openStream(model, callOptions(request, signal));
      yield* readAnswer(reader, name, signal);
    },
  };
}

function callOptions(request: ChatModelRequest, signal: AbortSignal): LanguageModelV4CallOptions {
  const prompt: LanguageModelV4Prompt = alternatingMessages(request.messages).map((message) => ({
    role: message.role === "visitor" ? "user" : "assistant",
    content: [{ type: "text", text: message.text }],
  }));
  if (request.system !== "") prompt.unshift({ role: "system", content: request.system });
  return { prompt, maxOutputTokens: request.maxOutputTokens, abortSignal: signal };
}

type StreamReader = ReadableStreamDefaultReader<LanguageModelV4StreamPart>;

async function openStream(
  model: LanguageModelV4,
  options: LanguageModelV4CallOptions,
): Promise<StreamReader> {
  try {
    const { stream } = await model.doStream(options);
    return stream.getReader();
  } catch (error) {
    options.abortSignal?.throwIfAborted();
    throw modelError(faultFromSdk(error));
  }
}

async function* readAnswer(
  reader: StreamReader,
  name: string,
  signal: AbortSignal,
): AsyncGenerator<ModelPart> {
  let hasText = false;
  let isComplete = false;
  try {
    for (;;) {
      const part = await readPart(reader, signal);
      if (part === undefined) throw cut();
      if (part.type === "error") throw modelError(faultFromSdk(part.error));
      if (part.type === "text-delta" && part.delta !== "") {
        hasText = true;
        yield { type: "text", text: part.delta };
      }
      if (part.type === "finish") {
        isComplete = true;
        yield finishOf(part, hasText, name);
        return;
      }
    }
  } finally {
    if (isComplete) readToEnd(reader);
    else cancel(reader);
  }
}

/** Lets a complete answer's response end, so that its socket serves the next call. */
function readToEnd(reader: StreamReader): void {
  const deadline = setTimeout(() => cancel(reader), AFTERMATH_MS);
  deadline.unref();
  const next = async (): Promise<void> => {
    for (;;) if ((await reader.read()).done) return;
  };
  next()
    .catch(() => {})
    .finally(() => clearTimeout(deadline));
}

/** Destroys the socket; a stream that broke rejects this, but has been reported already. */
function cancel(reader: StreamReader): void {
  reader.cancel().catch(() => {});
}

async function readPart(
  reader: StreamReader,
  signal: AbortSignal,
): Promise<LanguageModelV4StreamPart | undefined> {
  try {
    const { done, value } = await reader.read();
    signal.throwIfAborted();
    return done ? undefined : value;
  } catch (error) {
    signal.throwIfAborted();
    throw modelError(faultFromSdk(error));
  }
}

function finishOf(part: FinishPart, hasText: boolean, model: string): ModelPart {
  const inputTokens = part.usage.inputTokens.total;
  const outputTokens = part.usage.outputTokens.total;
  const usage =
    inputTokens === undefined || outputTokens === undefined
      ? undefined
      : { inputTokens, outputTokens };

  switch (part.finishReason.unified) {
    case "interrupted":
      throw cut();
    case "error":
      throw modelError(new ModelFault("transient", `Finished by ${part.finishReason.raw}`));
    case "content-filter":
      if (!hasText) {
        throw modelError(new ModelFault("blocked", `Filtered: ${part.finishReason.raw}`));
      }
      return { type: "finish", finishReason: "content_filter", usage, model };
    case "length":
      return { type: "finish", finishReason: "length", usage, model };
    default:
      return { type: "finish", finishReason: "stop", usage, model };
  }
}

function cut(): Error {
  return modelError(new ModelFault("transient", "The stream ended in the middle of the answer"));
}

/** What the SDK's errors and error parts have in common, as far as we read it. */
interface SdkError {
  readonly message?: unknown;
  readonly statusCode?: unknown;
  readonly responseHeaders?: Readonly<Record<string, string>>;
}

/** Takes the provider's words out of an SDK error. The error itself holds the whole prompt and must not be logged. */
function faultFromSdk(error: unknown): ModelFault {
  const details: SdkError = typeof error === "object" && error !== null ? error : {};
  const text = typeof details.message === "string" ? details.message : "Unknown error";
  if (typeof details.statusCode === "number" && details.statusCode >= 400) {
    return statusFault(details.statusCode, text, {
      retryAfterMs: readRetryAfterMs((name) => details.responseHeaders?.[name]),
    });
  }
  return error instanceof Error ? networkFault(error) : new ModelFault("transient", text);
}
