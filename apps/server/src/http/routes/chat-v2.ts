import { OrchaError, type ParsedChatRequest } from "@orcha/contract";
import type { Database } from "../../db/database.ts";
import type { LabelRecorder, TenantResolver } from "../../tenants/resolve-tenant.ts";
import { userExists } from "../../tenants/store.ts";
import type { Deadlines } from "../../turns/deadline.ts";
import { runTurn, type TurnDeps, type TurnInput } from "../../turns/run-turn.ts";
import {
  type Caller,
  type CallerOptions,
  identifyCaller,
  issueVisitorSecret,
  ownerOf,
} from "../caller.ts";
import type { RequestContext } from "../context.ts";
import { readIdempotency, secretSeed } from "../idempotency.ts";
import type { OpenAnswers } from "../open-answers.ts";
import { parseChatRequest } from "../parse-chat.ts";
import { readJsonObject } from "../read-json.ts";
import type { HeaderValues } from "../send.ts";
import { closedSignal, sendTurnAsJson, sendTurnAsStream } from "../turn-response.ts";

export interface ChatDeps {
  readonly database: Database;
  readonly turns: TurnDeps;
  readonly resolveTenant: TenantResolver;
  readonly recordLabel: LabelRecorder;
  readonly caller: CallerOptions;
  readonly defaultUserId: number;
  readonly defaultTenantId: string;
  readonly maxTextChars: number;
  readonly jsonDeadlines: Deadlines;
  readonly streamDeadlines: Deadlines;
  readonly openAnswers: OpenAnswers;
  /** True once the process is going away. */
  readonly isDraining: () => boolean;
}

/** `POST /api/v1/orcha/chat-v2`: one turn, as JSON or, for `Accept: text/event-stream`, as events. */
export async function chatV2(c: RequestContext, deps: ChatDeps): Promise<Response> {
  if (deps.isDraining()) throw new OrchaError("unavailable");
  const body = await readJsonObject(c);
  const caller = identifyCaller(c, deps.caller);
  const request = parseChatRequest(body, deps.maxTextChars);
  const streams = (c.req.header("accept") ?? "").includes("text/event-stream");
  const { input, headers } = await toTurnInput(c, deps, request, caller, streams);

  using _open = deps.openAnswers.enter(input.claim.owner);
  const events = runTurn(deps.turns, input, () => closedSignal(c));
  const first = await events.next();
  if (first.done) throw new OrchaError("internal");
  const turn = { first: first.value, rest: events };
  return await (streams ? sendTurnAsStream : sendTurnAsJson)(c, turn, headers);
}

async function toTurnInput(
  c: RequestContext,
  deps: ChatDeps,
  request: ParsedChatRequest,
  caller: Caller,
  streams: boolean,
): Promise<{ readonly input: TurnInput; readonly headers: HeaderValues }> {
  const { tenant, label } = await deps.resolveTenant(request.tenant_id ?? undefined);
  const userId = request.user_id ?? deps.defaultUserId;
  const isDefault = userId === deps.defaultUserId && tenant.id === deps.defaultTenantId;
  // The default user was there when the server started.
  if (!isDefault && !(await userExists(deps.database.reader, tenant.id, userId))) {
    throw new OrchaError("user_not_found");
  }

  const isNew = request.conversation_id == null;
  if (isNew) await deps.recordLabel(label);

  // A caller that brought nothing gets a secret with a new conversation; one that brought a wrong one gets another.
  const issues = caller.kind === "invalid" || (caller.kind === "none" && isNew);
  const owner = ownerOf(caller);
  const idempotency = readIdempotency(c, request, owner);
  const seed = idempotency && secretSeed(idempotency, deps.turns.now());
  const issued = issues ? issueVisitorSecret(c, deps.caller, seed) : undefined;
  return {
    headers: issued?.headers ?? {},
    input: {
      tenant,
      claim: {
        label,
        userId,
        isUserVerified: false,
        owner,
        strict: tenant.settings.binding === "strict",
      },
      offeredOwner: issued?.secret.owner ?? null,
      conversationId: request.conversation_id ?? undefined,
      text: request.text,
      useRag: request.use_rag ?? undefined,
      replaceMessageId: request.replace_message_id ?? undefined,
      idempotency,
      page: request.context ?? undefined,
      deadlines: streams ? deps.streamDeadlines : deps.jsonDeadlines,
    },
  };
}
