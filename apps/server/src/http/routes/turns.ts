import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { API_PATH, HEADERS, OrchaError, type StopResponse } from "@orcha/contract";
import { accessOf } from "../../conversations/access.ts";
import type { Database } from "../../db/database.ts";
import { followTurn } from "../../turns/follow-turn.ts";
import { findTurn, type KnownTurn } from "../../turns/known-turn-store.ts";
import type { RunningTurns } from "../../turns/running-turns.ts";
import { stopTurn } from "../../turns/stop-turn.ts";
import { findSource } from "../../turns/turn-source.ts";
import { ownerClaim } from "../access/caller.ts";
import type { Admission, VisitorRoute } from "../access/route.ts";
import type { RequestContext } from "../context.ts";
import type { OpenAnswers } from "../open-answers.ts";
import { turnParameter, userParameter } from "../parameters.ts";
import { readJsonObject } from "../read-json.ts";
import { commonHeaders, sendJson } from "../send.ts";
import { closedSignal, sendEvents } from "../turn-response.ts";
import { parseEventId, progressAfter, sequenceOf } from "../turn-sequence.ts";

export interface TurnsDeps {
  readonly database: Database;
  readonly running: RunningTurns;
  readonly defaultUserId: number;
  readonly openAnswers: OpenAnswers;
  readonly now: () => number;
}

export function turnRoutes(deps: TurnsDeps): readonly VisitorRoute[] {
  const policy = { for: "visitors", tenantIn: "query" } as const;
  return [
    {
      method: "GET",
      path: `${API_PATH}/turns/:id/events`,
      policy,
      handle: (c, admission) => turnEvents(c, deps, admission),
    },
    {
      method: "POST",
      path: `${API_PATH}/turns/:id/stop`,
      policy,
      handle: (c, admission) => turnStop(c, deps, admission),
    },
  ];
}

/** What its owner misses of a turn, then the rest live, on any replica. */
async function turnEvents(
  c: RequestContext,
  deps: TurnsDeps,
  admission: Admission,
): Promise<Response> {
  const { owner, turn } = await findOwnTurn(c, deps, admission);
  const sequence = parseEventId(c.req.header("last-event-id"), turn.turnId);
  const source = findSource(deps, admission.tenant, turn);
  const { text, end } = await source.read();
  if (end && sequence === sequenceOf(end, text.length)) return sendNothing(c);

  using _open = deps.openAnswers.enter(owner);
  const has = progressAfter(sequence);
  const events = followTurn(source, turn, has, closedSignal(c));
  return await sendEvents(
    c,
    { turnId: turn.turnId, events, has },
    {
      [HEADERS.turnId]: String(turn.turnId),
      [HEADERS.messageId]: String(turn.messageId),
    },
  );
}

/** Its owner wants no more of a turn; what was said is kept. */
async function turnStop(
  c: RequestContext,
  deps: TurnsDeps,
  admission: Admission,
): Promise<Response> {
  await readJsonObject(c); // a form of another site cannot send one
  const { turn } = await findOwnTurn(c, deps, admission);
  const status = await stopTurn(deps, admission.tenant.id, turn.turnId);
  return sendJson(c, 200, { turn_id: turn.turnId, status } satisfies StopResponse);
}

/** @throws OrchaError `not_found` for anyone but the owner of its conversation, as for a turn that does not exist */
async function findOwnTurn(
  c: RequestContext,
  deps: TurnsDeps,
  admission: Admission,
): Promise<{ readonly owner: string | null; readonly turn: KnownTurn }> {
  const turn = await findTurn(deps.database.reader, admission.tenant.id, turnParameter(c));
  const claim = ownerClaim(admission, userParameter(c) ?? deps.defaultUserId);
  if (!turn || accessOf(turn.ownership, claim, deps.now()) === "none") {
    throw new OrchaError("not_found", "This turn does not exist or is not yours.");
  }
  return { owner: claim.owner, turn };
}

/** Tells a reader that has everything to stop asking. */
function sendNothing(c: RequestContext): Response {
  c.env.outgoing.writeHead(204, commonHeaders(c)).end();
  return RESPONSE_ALREADY_SENT;
}
