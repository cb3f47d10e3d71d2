import type { TurnEvent, TurnEventName } from "@orcha/contract";
import { readAnswer, unreadable } from "./read-answer.ts";
import { networkError } from "./request.ts";
import { createSseParser } from "./sse.ts";

export const EVENT_STREAM = "text/event-stream";
/** The server pings every 15 s: a connection that is silent for longer than two of them is dead, told or not. */
const MAX_SILENCE_MS = 40_000;

const EVENT_NAMES: readonly TurnEventName[] = [
  "turn-start",
  "contexts",
  "text-delta",
  "suggestions",
  "turn-end",
  "turn-error",
];

/** An event and what a later connection calls it by. */
export interface NumberedEvent {
  readonly event: TurnEvent;
  readonly id: string;
}

/**
 * The events of one connection as they arrive; it is closed when the reader leaves.
 * @throws OrchaClientError for an answer that is no event stream, and with code `network` when the connection breaks.
 */
export async function* readEvents(
  response: Response,
  signal: AbortSignal | undefined,
): AsyncGenerator<NumberedEvent, void, undefined> {
  const reader = (await streamOf(response, signal)).getReader();
  const decoder = new TextDecoder();
  const parse = createSseParser();
  try {
    for (;;) {
      const { done, value } = await readInTime(reader).catch((cause: unknown) => {
        throw networkError(cause, signal);
      });
      if (done) return;
      for (const { event, data, id } of parse(decoder.decode(value, { stream: true }))) {
        const turnEvent = turnEventOf(event, data);
        signal?.throwIfAborted();
        if (turnEvent) yield { event: turnEvent, id };
      }
    }
  } finally {
    // Also when the reader of the events leaves early: the socket must not stay open.
    reader.cancel().catch(() => undefined);
  }
}

function readInTime(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<ReadableStreamReadResult<Uint8Array>> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(reject, MAX_SILENCE_MS);
  });
  return Promise.race([reader.read(), silence]).finally(() => clearTimeout(timer));
}

async function streamOf(
  response: Response,
  signal: AbortSignal | undefined,
): Promise<ReadableStream<Uint8Array>> {
  const isStream = response.headers.get("Content-Type")?.includes(EVENT_STREAM);
  if (response.ok && isStream && response.body) return response.body;
  await readAnswer(response, signal);
  throw unreadable(response);
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
