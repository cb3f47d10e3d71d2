import type { TurnEvent, TurnEventName } from "@orcha/contract";
import { OrchaClientError } from "./error.ts";
import type { MessageOptions } from "./options.ts";
import { readAnswer } from "./read-answer.ts";
import { networkError, request } from "./request.ts";
import { chatBody } from "./send.ts";
import { createSseParser } from "./sse.ts";

const EVENT_NAMES: readonly TurnEventName[] = [
  "turn-start",
  "contexts",
  "text-delta",
  "turn-end",
  "turn-error",
];

/**
 * Sends one message and gives the events of its turn as they arrive; the last one is `turn-end` or `turn-error`.
 * @throws OrchaClientError when the turn does not start, and with code `network` when the stream ends before the turn does.
 * @example
 * for await (const { event, data } of streamOrchaMessage({ text: "Hello" })) {
 *   if (event === "text-delta") show(data.text);
 * }
 */
export async function* streamOrchaMessage(
  options: MessageOptions,
): AsyncGenerator<TurnEvent, void, undefined> {
  const response = await request(options, "chat-v2", {
    accept: "text/event-stream",
    json: chatBody(options),
    idempotencyKey: options.idempotencyKey,
  });
  const isStream = response.headers.get("Content-Type")?.includes("text/event-stream");
  if (!response.ok || !isStream || !response.body) {
    await readAnswer(response, options.signal);
    throw new OrchaClientError("internal", "The server's answer is not an event stream.", {
      status: response.status,
      requestId: response.headers.get("X-Request-Id"),
    });
  }

  for await (const event of readEvents(response.body, options.signal)) {
    yield event;
    if (event.event === "turn-end" || event.event === "turn-error") return;
  }
  throw networkError(undefined, options.signal);
}

async function* readEvents(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<TurnEvent, void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  const parse = createSseParser();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw networkError(cause, signal);
      });
      if (done) return;
      for (const { event, data } of parse(decoder.decode(value, { stream: true }))) {
        const turnEvent = turnEventOf(event, data);
        if (turnEvent) yield turnEvent;
      }
    }
  } finally {
    // Also when the reader of the events leaves early: the socket must not stay open.
    reader.cancel().catch(() => undefined);
  }
}

/** Undefined for an event this client does not know; the server's own schema vouches for the members of those it does. */
function turnEventOf(event: string, data: string): TurnEvent | undefined {
  if (!(EVENT_NAMES as readonly string[]).includes(event)) return undefined;
  try {
    return { event, data: JSON.parse(data) } as TurnEvent;
  } catch (cause) {
    throw networkError(cause, undefined);
  }
}
