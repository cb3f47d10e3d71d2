import type { TurnEvent, TurnEventData } from "@orcha/contract";
import { OrchaClientError } from "./error.ts";
import { isIntact } from "./is-intact.ts";
import type { ConnectionOptions } from "./options.ts";
import { EVENT_STREAM, readEvents } from "./read-events.ts";
import { networkError, rememberVisitor, request, tenantQuery } from "./request.ts";
import { createRetryPolicy, type RetryPolicy } from "./retry.ts";

/** A message, which may be sent again, or a turn that began before. */
export interface Followed {
  readonly send?: (connection: ConnectionOptions) => Promise<Response>;
  readonly turnId?: number;
  readonly lastEventId?: string | undefined;
}

/** Where the reader stands in the turn. */
interface Following {
  readonly connection: ConnectionOptions;
  readonly retry: RetryPolicy;
  readonly send: Followed["send"];
  /** Undefined sends the message. */
  turnId: number | undefined;
  /** Undefined reads from the beginning. */
  lastEventId: string | undefined;
  furthest: number;
  /** Suggestions were given: they share the place of the text before them, behind which they are told again. */
  hasSuggestions: boolean;
  /** The answer arrived damaged: of what is read again only the end is given. */
  isSecondLook: boolean;
}

type Ending = Extract<TurnEvent, { event: "turn-end" | "turn-error" }>;

/** The life of a stream: the events of one turn up to its end, over as many connections as that takes. */
export async function* followTurn(
  options: ConnectionOptions,
  { send, turnId, lastEventId }: Followed,
): AsyncGenerator<TurnEvent, void, undefined> {
  const turn: Following = {
    connection: rememberVisitor(options),
    retry: createRetryPolicy(options),
    send,
    turnId,
    lastEventId,
    furthest: 0,
    hasSuggestions: false,
    isSecondLook: false,
  };

  for (;;) {
    let ending: Ending | undefined;
    try {
      ending = yield* readOn(turn);
    } catch (error) {
      await recover(turn, error);
      continue;
    }
    if (ending && !(await isFinal(turn, ending))) continue;
    if (ending) yield ending;
    return;
  }
}

/** One connection: gives what is missing and returns the end; undefined when that was seen before. */
async function* readOn(turn: Following): AsyncGenerator<TurnEvent, Ending | undefined, undefined> {
  const { connection, retry, send } = turn;
  const response = await (send && !turn.turnId ? send(connection) : resume(turn));
  if (response.status === 204) {
    if (!turn.furthest) return undefined;
    // Run again meanwhile, the turn came to an earlier end than the place where it was cut.
    turn.lastEventId = undefined;
    throw networkError(undefined, connection.signal);
  }

  for await (const { event, id } of readEvents(response, connection.signal)) {
    if (event.event === "turn-end" || event.event === "turn-error") return event;
    if (event.event === "turn-start") {
      turn.turnId = event.data.turn_id;
      turn.hasSuggestions = false;
    }
    turn.lastEventId = id;
    // What is told again is no progress: a turn that fails every time must not be repeated for ever.
    if (positionOf(id) > turn.furthest) {
      turn.furthest = positionOf(id);
      retry.progress();
    }
    const isToldAgain = event.event === "suggestions" && turn.hasSuggestions;
    if (event.event === "suggestions") turn.hasSuggestions = true;
    if (!turn.isSecondLook && !isToldAgain) yield event;
  }
  throw networkError(undefined, connection.signal);
}

function resume({ connection, turnId, lastEventId }: Following): Promise<Response> {
  const path = `turns/${turnId}/events${tenantQuery(connection)}`;
  return request(connection, path, { accept: EVENT_STREAM, lastEventId });
}

/** Prepares the next connection after a lost one. @throws the error when there shall be none */
async function recover(turn: Following, error: unknown): Promise<void> {
  const isUnknown = error instanceof OrchaClientError && error.code === "not_found";
  if (turn.send && turn.turnId && isUnknown) turn.turnId = undefined;
  else if (!(await turn.retry.again(error))) throw error;
}

/** False when a better end may be had from another connection. @throws OrchaClientError `network` when the answer is damaged still */
async function isFinal(turn: Following, ending: Ending): Promise<boolean> {
  if (ending.event === "turn-error") {
    if (!turn.send || !(await turn.retry.again(errorOf(ending.data)))) return true;
    turn.turnId = undefined;
    return false;
  }

  if (await isIntact(ending.data)) return true;
  if (turn.isSecondLook) throw networkError(undefined, turn.connection.signal);
  turn.isSecondLook = true;
  turn.lastEventId = undefined;
  return false;
}

function errorOf({ code, message, data }: TurnEventData<"turn-error">): OrchaClientError {
  return new OrchaClientError(code, message, {
    conversationId: data.conversation_id,
    partialText: data.text,
  });
}

/** Ids are `<turn>:<position>`, and positions grow. */
function positionOf(id: string): number {
  return Number(id.split(":")[1]);
}
