import {
  API_PATH,
  conversationChangeSchema,
  MAX_SEARCH_CHARS,
  OrchaError,
  type OwnConversationPage,
} from "@orcha/contract";
import { describeOwn, listOwnConversations } from "../../conversations/list-own.ts";
import { findOwnAccess } from "../../conversations/own-access.ts";
import { settleOwner } from "../../conversations/owner-store.ts";
import { renameConversation } from "../../conversations/rename-store.ts";
import { cleanTitle } from "../../conversations/title.ts";
import { eraseConversation } from "../../privacy/erase-conversation.ts";
import type { EraseSubjectDeps } from "../../privacy/erase-subject.ts";
import { cleanText } from "../../turns/clean-text.ts";
import { ownerClaim } from "../access/caller.ts";
import type { Admission, VisitorRoute } from "../access/route.ts";
import type { RequestContext } from "../context.ts";
import { conversationParameter, limitParameter, userParameter } from "../parameters.ts";
import { parseFields } from "../parse-fields.ts";
import { placeCursor, placeParameter } from "../place-cursor.ts";
import { readJsonObject } from "../read-json.ts";
import { sendJson } from "../send.ts";

/** What visitors may do with their conversations: find, name and erase them. */
export function ownConversationRoutes(deps: EraseSubjectDeps): readonly VisitorRoute[] {
  const path = `${API_PATH}/conversations`;
  const one = `${path}/:id`;
  const policy = { for: "visitors", tenantIn: "query" } as const;
  return [
    { method: "GET", path, policy, handle: (c, admission) => list(c, deps, admission) },
    { method: "PATCH", path: one, policy, handle: (c, admission) => rename(c, deps, admission) },
    { method: "DELETE", path: one, policy, handle: (c, admission) => erase(c, deps, admission) },
  ];
}

async function list(
  c: RequestContext,
  deps: EraseSubjectDeps,
  admission: Admission,
): Promise<Response> {
  const { conversations, next } = await listOwnConversations(
    deps.database.reader,
    admission.tenant.id,
    claimOf(c, deps, admission),
    { text: searchParameter(c), after: placeParameter(c), limit: limitParameter(c) },
  );
  const page: OwnConversationPage = {
    data: [...conversations],
    next_cursor: placeCursor(next),
  };
  return sendJson(c, 200, page);
}

async function rename(
  c: RequestContext,
  deps: EraseSubjectDeps,
  admission: Admission,
): Promise<Response> {
  const { title } = parseFields(conversationChangeSchema, await readJsonObject(c));
  const cleaned = title === null ? null : cleanTitle(title);
  const { database } = deps;
  const tenantId = admission.tenant.id;
  const id = conversationParameter(c);
  const claim = claimOf(c, deps, admission);
  const access = await findOwnAccess(database.reader, tenantId, id, claim, deps.now());
  await settleOwner(database, { tenantId, id }, access, claim);
  const owner = claim.owner ?? "";
  if (!(await database.write(renameConversation, { tenantId, id, owner, title: cleaned }))) {
    throw new OrchaError("conversation_not_found");
  }
  return sendJson(c, 200, await describeOwn(database.reader, tenantId, id));
}

async function erase(
  c: RequestContext,
  deps: EraseSubjectDeps,
  admission: Admission,
): Promise<Response> {
  const tenantId = admission.tenant.id;
  const id = conversationParameter(c);
  const claim = claimOf(c, deps, admission);
  await findOwnAccess(deps.database.reader, tenantId, id, claim, deps.now());
  const named = { tenantId, id, label: admission.label };
  return sendJson(c, 200, await eraseConversation(deps, named, undefined));
}

function claimOf(c: RequestContext, { defaultUserId }: EraseSubjectDeps, admission: Admission) {
  return ownerClaim(admission, userParameter(c) ?? defaultUserId);
}

/** `?q=`: what is looked for; undefined for everything. */
function searchParameter(c: RequestContext): string | undefined {
  const text = cleanText(c.req.query("q") ?? "").trim();
  if (text === "") return undefined;
  if ([...text].length <= MAX_SEARCH_CHARS) return text;
  throw new OrchaError("invalid_request", `q must be 1 to ${MAX_SEARCH_CHARS} characters.`);
}
