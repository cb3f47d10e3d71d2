import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import { HEADERS, OrchaError, type StopResponse } from "@orcha/contract";
import { accessOf } from "../../conversations/access.ts";
import type { Database } from "../../db/database.ts";
import type { TenantResolver } from "../../tenants/resolve-tenant.ts";
import { followTurn } from "../../turns/follow-turn.ts";
import { findTurn, type KnownTurn } from "../../turns/known-turn-store.ts";
import type { RunningTurns } from "../../turns/running-turns.ts";
import { stopTurn } from "../../turns/stop-turn.ts";
import { findSource } from "../../turns/turn-source.ts";
import { type CallerOptions, identifyCaller, ownerOf } from "../caller.ts";
import type { RequestContext } from "../context.ts";
import type { OpenAnswers } from "../open-answers.ts";
import { tenantParameter, turnParameter } from "../parameters.ts";
import { readJsonObject } from "../read-json.ts";
import { commonHeaders, sendJson } from "../send.ts";
import { closedSignal, sendEvents } from "../turn-response.ts";
import { parseEventId, progressAfter, sequenceOf } from "../turn-sequence.ts";

export interface TurnsDeps {
  readonly database: Database;
  readonly running: RunningTurns;
  readonly resolveTenant: TenantResolver;
  readonly caller: CallerOptions;
  readonly openAnswers: OpenAnswers;
  readonly now: () => number;
}

/** `GET /api/v1/orcha/turns/{id}/events`: what its owner misses of a turn, then the rest live, on any replica. */
export async function turnEvents(c: RequestContext, deps: TurnsDeps): Promise<Response> {
  const { tenantId, owner, turn } = await findOwnTurn(c, deps);
  const sequence = parseEventId(c.req.header("last-event-id"), turn.turnId);
  const source = findSource(deps, tenantId, turn);
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

/** `POST /api/v1/orcha/turns/{id}/stop`: its owner wants no more of it; what was said is kept. */
export async function turnStop(c: RequestContext, deps: TurnsDeps): Promise<Response> {
  await readJsonObject(c); // a form of another site cannot send one
  const { tenantId, turn } = await findOwnTurn(c, deps);
  const status = await stopTurn(deps, tenantId, turn.turnId);
  return sendJson(c, 200, { turn_id: turn.turnId, status } satisfies StopResponse);
}

/** @throws OrchaError `not_found` for anyone but the owner of its conversation, as for a turn that does not exist */
async function findOwnTurn(
  c: RequestContext,
  deps: TurnsDeps,
): Promise<{ readonly tenantId: string; readonly owner: string | null; readonly turn: KnownTurn }> {
  const owner = ownerOf(identifyCaller(c, deps.caller));
  const { tenant, label } = await deps.resolveTenant(tenantParameter(c));
  const turn = await findTurn(deps.database.reader, tenant.id, turnParameter(c));
  const claim = { label, userId: undefined, owner, strict: true };
  if (!turn || accessOf(turn.ownership, claim, deps.now()) === "none") {
    throw new OrchaError("not_found", "This turn does not exist or is not yours.");
  }
  return { tenantId: tenant.id, owner, turn };
}

/** Tells a reader that has everything to stop asking. */
function sendNothing(c: RequestContext): Response {
  c.env.outgoing.writeHead(204, commonHeaders(c)).end();
  return RESPONSE_ALREADY_SENT;
}
