import type { Dispatcher, Pool } from "undici";
import type { ChatModel, ChatModelRequest, ModelPart } from "../turns/ports.ts";
import { CompletionEvents } from "./completion-events.ts";
import {
  ModelFault,
  modelError,
  networkFault,
  readRetryAfterMs,
  statusFault,
} from "./model-fault.ts";
import { alternatingMessages } from "./prompt-messages.ts";
import { StreamedResponse } from "./streamed-response.ts";

export interface OpenAiCompatibleOptions {
  /** As `provider/model`. */
  readonly name: string;
  /** As the server calls it. */
  readonly model: string;
  /** Up to and with `/v1`. */
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
  readonly connectMs: number;
}

// Longer than most pauses between two turns, shorter than the time after which providers hang up.
const KEEP_ALIVE_MS = 30_000;
// What may come after the answer is complete: the usage, the end mark, the end of the response.
const AFTERMATH_MS = 1_000;
const ERROR_BODY_MS = 30;
const MAX_ERROR_BODY_BYTES = 16 * 1024;

/** A model behind the chat completions wire that OpenAI, Ollama, vLLM, LM Studio, llama.cpp, OpenRouter and others speak. */
export function openAiCompatible(options: OpenAiCompatibleOptions): ChatModel & AsyncDisposable {
  const url = new URL(options.baseUrl);
  const path = `${url.pathname.replace(/\/+$/, "")}/chat/completions${url.search}`;
  const headers = {
    "content-type": "application/json",
    accept: "text/event-stream",
    ...(options.apiKey === undefined ? {} : { authorization: `Bearer ${options.apiKey}` }),
  };
  // OpenAI's newer models refuse the older name, other servers do not know the newer one.
  const maxTokensField = url.hostname === "api.openai.com" ? "max_completion_tokens" : "max_tokens";
  const pool = openPool(url.origin, options.connectMs);

  return {
    name: options.name,
    alwaysRetrieves: false,
    stream(request, signal) {
      const body = JSON.stringify({
        model: options.model,
        messages: wireMessages(request),
        stream: true,
        stream_options: { include_usage: true },
        [maxTokensField]: request.maxOutputTokens,
      });
      const post = { path, method: "POST", headers, body } as const;
      return streamAnswer(pool, post, options.name, signal);
    },
    [Symbol.asyncDispose]: async () => (await pool).destroy(),
  };
}

/** Loaded here and not at the top, so that an installation without such a model does not pay for it. */
async function openPool(origin: string, connectMs: number): Promise<Pool> {
  const { default: UndiciPool } = await import("undici/lib/dispatcher/pool.js");
  return new UndiciPool(origin, {
    connect: { timeout: connectMs },
    keepAliveTimeout: KEEP_ALIVE_MS,
    // The time limits of a call are counted where its model is called, in text and not in bytes.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}

async function* streamAnswer(
  pool: Promise<Pool>,
  post: Dispatcher.DispatchOptions,
  name: string,
  signal: AbortSignal,
): AsyncGenerator<ModelPart> {
  const response = await open(pool, post, signal);
  const events = new CompletionEvents();
  let hasText = false;
  let isComplete = false;
  try {
    if (response.status !== 200) throw modelError(await refusal(response));

    for (let ended = false; !ended && !events.done; ) {
      ended = await readOn(response, events, signal);

      const text = events.takeText();
      if (text !== "") {
        hasText = true;
        yield { type: "text", text };
      }
      if (events.fault !== undefined) throw modelError(events.fault);
      if (events.finishReason !== undefined) response.endWithin(AFTERMATH_MS);
    }

    isComplete = true;
    yield finishOf(events, hasText, name);
  } finally {
    if (isComplete) response.endWithin(AFTERMATH_MS);
    else response.close(undefined);
  }
}

function wireMessages(request: ChatModelRequest): { role: string; content: string }[] {
  const messages = alternatingMessages(request.messages).map((message) => ({
    role: message.role === "visitor" ? "user" : "assistant",
    content: message.text,
  }));
  if (request.system !== "") messages.unshift({ role: "system", content: request.system });
  return messages;
}

async function open(
  pool: Promise<Pool>,
  post: Dispatcher.DispatchOptions,
  signal: AbortSignal,
): Promise<StreamedResponse> {
  try {
    return await StreamedResponse.open(await pool, post, signal);
  } catch (error) {
    throw signal.aborted ? error : modelError(networkFault(error));
  }
}

/** Reads what has arrived; true when nothing more will come. */
async function readOn(
  response: StreamedResponse,
  events: CompletionEvents,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const bytes = await response.read();
    if (bytes === undefined) events.end();
    else events.feed(bytes);
    return bytes === undefined;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    // Whatever befalls the connection after the finish reason, the answer is complete.
    if (events.finishReason !== undefined) return true;
    throw modelError(networkFault(error));
  }
}

function finishOf(events: CompletionEvents, hasText: boolean, model: string): ModelPart {
  if (events.finishReason === undefined && !events.done) {
    throw modelError(new ModelFault("transient", "The stream ended in the middle of the answer"));
  }
  const finishReason = events.finishReason ?? "stop";
  if (finishReason === "content_filter" && !hasText) {
    throw modelError(new ModelFault("blocked", "The provider filtered the whole answer"));
  }
  return { type: "finish", finishReason, usage: events.usage, model };
}

async function refusal(response: StreamedResponse): Promise<ModelFault> {
  const body = await readErrorBody(response);
  return statusFault(response.status, body, {
    providerCode: errorCodeOf(body),
    retryAfterMs: readRetryAfterMs((name) => response.header(name)),
  });
}

/** The start of the body, if it comes at once: the visitor does not wait for words that only the log shows. */
async function readErrorBody(response: StreamedResponse): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  response.endWithin(ERROR_BODY_MS);
  try {
    while (length < MAX_ERROR_BODY_BYTES) {
      const bytes = await response.read();
      if (bytes === undefined) break;
      chunks.push(bytes);
      length += bytes.length;
    }
  } catch {
    // What came so far will do.
  }
  return Buffer.concat(chunks).toString("utf8");
}

function errorCodeOf(body: string): unknown {
  try {
    const parsed: { error?: { code?: unknown } | null } | null = JSON.parse(body);
    return parsed?.error?.code;
  } catch {
    return undefined;
  }
}
