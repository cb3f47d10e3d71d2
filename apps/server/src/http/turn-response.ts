import type { ServerResponse } from "node:http";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { type ChatResponse, ERRORS, HEADERS, OrchaError, type TurnEvent } from "@orcha/contract";
import type { RequestContext } from "./context.ts";
import { commonHeaders, type HeaderValues, sendJson, writable } from "./send.ts";

const PING_MS = 15_000;
/** A reader that leaves more than this unread is cut; what it misses is stored. */
const MAX_BUFFERED_BYTES = 1024 * 1024;

/** The events of a turn whose first one is known: a failure before it is an ordinary answer. */
export interface StartedTurn {
  readonly first: TurnEvent;
  readonly rest: AsyncIterable<TurnEvent>;
}

/** Waits for the end and answers in the seed's form. */
export async function sendTurnAsJson(
  c: RequestContext,
  turn: StartedTurn,
  headers: HeaderValues,
): Promise<Response> {
  let last = turn.first;
  for await (const event of turn.rest) last = event;
  if (last.event !== "turn-end" && last.event !== "turn-error") throw new OrchaError("internal");
  const { success, message, data } = last.data;
  const body: ChatResponse = { success, message, data };
  const failed = last.event === "turn-error" ? { [HEADERS.error]: last.data.code } : undefined;
  const status = last.event === "turn-error" ? ERRORS[last.data.code].chatStatus : 200;
  return sendJson(c, status, body, { ...turnHeaders(turn.first), ...failed, ...headers });
}

/** Sends the events as they come. It writes to the socket itself: a web stream builds a chunk and promises for each frame. */
export async function sendTurnAsStream(
  c: RequestContext,
  turn: StartedTurn,
  headers: HeaderValues,
): Promise<Response> {
  const response = c.env.outgoing;
  response.writeHead(200, {
    ...commonHeaders(c),
    "Content-Type": "text/event-stream; charset=UTF-8",
    "X-Accel-Buffering": "no",
    ...turnHeaders(turn.first),
    ...writable(headers),
  });
  const writer = new FrameWriter(response, turn.first);
  const ping = setInterval(() => writer.comment("ping"), PING_MS);
  try {
    // Read to the end even when nobody listens any more: the answer is finished and stored.
    for await (const event of turn.rest) writer.write(event);
  } finally {
    clearInterval(ping);
    response.end();
  }
  return RESPONSE_ALREADY_SENT;
}

function turnHeaders(first: TurnEvent): Record<string, string> {
  if (first.event !== "turn-start") return {};
  return {
    [HEADERS.turnId]: String(first.data.turn_id),
    [HEADERS.messageId]: String(first.data.message_id),
  };
}

/** Writes frames `id: <turn_id>:<seq>`; what is written in one tick leaves in one packet. */
class FrameWriter {
  readonly #response: ServerResponse;
  readonly #turnId: number;
  #length = 0;
  #seq = 0;

  constructor(response: ServerResponse, first: TurnEvent) {
    this.#response = response;
    this.#turnId = first.event === "turn-start" ? first.data.turn_id : 0;
    this.write(first);
  }

  write({ event, data }: TurnEvent): void {
    if (event === "text-delta") this.#length += data.text.length;
    this.#seq = sequenceOf(event, this.#length, this.#seq);
    this.#send(
      `id: ${this.#turnId}:${this.#seq}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`,
    );
  }

  comment(text: string): void {
    this.#send(`: ${text}\n\n`);
  }

  #send(frame: string): void {
    const response = this.#response;
    if (response.destroyed || response.writableEnded) return;
    if (response.writableLength > MAX_BUFFERED_BYTES) {
      response.destroy();
      return;
    }
    if (response.writableCorked === 0) {
      response.cork();
      process.nextTick(() => response.uncork());
    }
    response.write(frame);
  }
}

/** Any replica can compute these from stored text: 1, 2, 10 + the length so far, and one more for the end. */
function sequenceOf(event: TurnEvent["event"], length: number, last: number): number {
  if (event === "turn-start") return 1;
  if (event === "contexts") return 2;
  if (event === "text-delta") return 10 + length;
  return Math.max(last, 10 + length) + 1;
}
