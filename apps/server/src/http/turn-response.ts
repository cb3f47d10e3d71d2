import type { ServerResponse } from "node:http";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { type ChatResponse, ERRORS, HEADERS, OrchaError, type TurnEvent } from "@orcha/contract";
import { NOTHING, type Progress } from "../turns/follow-turn.ts";
import type { RequestContext } from "./context.ts";
import { commonHeaders, type HeaderValues, retryAfterCode, sendJson, writable } from "./send.ts";
import { sequenceOf } from "./turn-sequence.ts";

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
  // The process goes away while it tells a turn that runs elsewhere.
  if (last.event !== "turn-end" && last.event !== "turn-error") throw new OrchaError("unavailable");
  const { success, message, data } = last.data;
  const body: ChatResponse = { success, message, data };
  const code = last.event === "turn-error" ? last.data.code : undefined;
  const failed = code && { [HEADERS.error]: code, ...retryAfterCode(code) };
  const status = code ? ERRORS[code].chatStatus : 200;
  return sendJson(c, status, body, { ...turnHeaders(turn.first), ...failed, ...headers });
}

/** Sends a turn from its start, event by event. */
export function sendTurnAsStream(
  c: RequestContext,
  { first, rest }: StartedTurn,
  headers: HeaderValues,
): Promise<Response> {
  const turnId = first.event === "turn-start" ? first.data.turn_id : 0;
  const turn = { turnId, first, events: rest, has: NOTHING };
  return sendEvents(c, turn, { ...turnHeaders(first), ...headers });
}

/** Events of one turn after those that the reader has. */
export interface TurnEvents {
  readonly turnId: number;
  /** One that is known already. */
  readonly first?: TurnEvent;
  readonly events: AsyncIterable<TurnEvent>;
  readonly has: Progress;
}

/** Sends the events as they come. It writes to the socket itself: a web stream builds a chunk and promises for each frame. */
export async function sendEvents(
  c: RequestContext,
  { turnId, first, events, has }: TurnEvents,
  headers: HeaderValues,
): Promise<Response> {
  const response = c.env.outgoing;
  response.writeHead(200, {
    ...commonHeaders(c),
    "Content-Type": "text/event-stream; charset=UTF-8",
    "X-Accel-Buffering": "no",
    ...writable(headers),
  });
  const writer = new FrameWriter(response, turnId, has.length);
  const ping = setInterval(() => writer.comment("ping"), PING_MS);
  try {
    if (first) writer.write(first);
    // Read to the end even when nobody listens any more: the answer is finished and stored.
    for await (const event of events) writer.write(event);
  } finally {
    clearInterval(ping);
    response.end();
  }
  return RESPONSE_ALREADY_SENT;
}

/** Aborted when the reader of the answer has gone, or has all of it. */
export function closedSignal(c: RequestContext): AbortSignal {
  const closed = new AbortController();
  c.env.outgoing.once("close", () => closed.abort());
  return closed.signal;
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
  #length: number;

  constructor(response: ServerResponse, turnId: number, length: number) {
    this.#response = response;
    this.#turnId = turnId;
    this.#length = length;
  }

  write(turnEvent: TurnEvent): void {
    const { event, data } = turnEvent;
    if (event === "text-delta") this.#length += data.text.length;
    const id = `${this.#turnId}:${sequenceOf(turnEvent, this.#length)}`;
    this.#send(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
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
