import { API_PATH, OrchaError, type ParsedChatRequest } from "@orcha/contract";
import type { Database } from "../../db/database.ts";
import type { LabelRecorder } from "../../tenants/resolve-tenant.ts";
import { userExists } from "../../tenants/store.ts";
import type { Deadlines } from "../../turns/deadline.ts";
import type { TurnClaim } from "../../turns/place-store.ts";
import { runTurn, type TurnDeps, type TurnInput } from "../../turns/run-turn.ts";
import { handOverTo, ownerOf } from "../access/caller.ts";
import type { Admission, Admit, BodyRoute } from "../access/route.ts";
import { issueVisitorSecret, type VisitorOptions } from "../access/visitor-credential.ts";
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
  readonly recordLabel: LabelRecorder;
  readonly visitor: VisitorOptions;
  /** Counts a message. @throws OrchaError `rate_limited` */
  readonly limitMessages: (admission: Admission, owner: string | null) => void;
  readonly defaultUserId: number;
  readonly defaultTenantId: string;
  readonly maxTextChars: number;
  readonly jsonDeadlines: Deadlines;
  readonly streamDeadlines: Deadlines;
  readonly openAnswers: OpenAnswers;
  /** True once the process is going away. */
  readonly isDraining: () => boolean;
}

export function chatRoutes(deps: ChatDeps): readonly BodyRoute[] {
  return [
    {
      method: "POST",
      path: `${API_PATH}/chat-v2`,
      policy: { for: "visitors", tenantIn: "body" },
      handle: (c, admit) => chatV2(c, deps, admit),
    },
  ];
}

/** One turn, as JSON or, for `Accept: text/event-stream`, as events. */
async function chatV2(c: RequestContext, deps: ChatDeps, admit: Admit): Promise<Response> {
  if (deps.isDraining()) throw new OrchaError("unavailable");
  const request = parseChatRequest(await readJsonObject(c), deps.maxTextChars);
  const admission = await admit(request.tenant_id ?? undefined);
  const claim = await claimOf(deps, request, admission);
  deps.limitMessages(admission, claim.owner);
  if (request.conversation_id == null) await deps.recordLabel(admission.label);

  const streams = (c.req.header("accept") ?? "").includes("text/event-stream");
  const { input, headers } = toTurnInput(c, deps, { request, admission, claim, streams });
  using _open = deps.openAnswers.enter(claim.owner);
  const events = runTurn(deps.turns, input, () => closedSignal(c));
  const first = await events.next();
  if (first.done) throw new OrchaError("internal");
  const turn = { first: first.value, rest: events };
  return await (streams ? sendTurnAsStream : sendTurnAsJson)(c, turn, headers);
}

/** As whom the message is written, and what that proves. */
async function claimOf(
  deps: ChatDeps,
  { user_id: named }: ParsedChatRequest,
  { tenant, label, caller }: Admission,
): Promise<TurnClaim> {
  if (caller.kind === "subject" && named != null && named !== caller.userId) {
    throw new OrchaError("forbidden", "This token is not that user's.");
  }
  const userId = caller.kind === "subject" ? caller.userId : (named ?? deps.defaultUserId);
  const isDefault = userId === deps.defaultUserId && tenant.id === deps.defaultTenantId;
  // A token's user has just been found, and the default user was there when the server started.
  const isKnown = caller.kind === "subject" || isDefault;
  if (!isKnown && !(await userExists(deps.database.reader, tenant.id, userId))) {
    throw new OrchaError("user_not_found");
  }
  return {
    label,
    userId,
    isUserVerified: caller.kind === "subject" || caller.kind === "key",
    owner: ownerOf(caller, userId),
    handsOver: handOverTo(caller),
    strict: tenant.settings.binding === "strict",
  };
}

interface CheckedMessage {
  readonly request: ParsedChatRequest;
  readonly admission: Admission;
  readonly claim: TurnClaim;
  readonly streams: boolean;
}

function toTurnInput(
  c: RequestContext,
  deps: ChatDeps,
  { request, admission, claim, streams }: CheckedMessage,
): { readonly input: TurnInput; readonly headers: HeaderValues } {
  const { caller, tenant, network } = admission;
  const isNew = request.conversation_id == null;
  // A caller that brought nothing gets a secret with a new conversation; one that brought a wrong one gets another.
  const issues = caller.kind === "invalid" || (caller.kind === "none" && isNew);
  const idempotency = readIdempotency(c, request, claim.owner);
  const seed = idempotency && secretSeed(idempotency, deps.turns.now());
  const issued = issues ? issueVisitorSecret(c, deps.visitor, seed) : undefined;
  return {
    headers: issued?.headers ?? {},
    input: {
      tenant,
      claim,
      network,
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
