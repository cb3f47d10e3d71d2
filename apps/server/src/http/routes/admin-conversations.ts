import {
  API_PATH,
  type ConversationDetail,
  type ConversationPage,
  conversationFilterSchema,
} from "@orcha/contract";
import { recordAudit } from "../../audit/store.ts";
import { readConversation } from "../../conversations/detail-store.ts";
import { conversationsAsLines } from "../../conversations/export-conversations.ts";
import { listConversations } from "../../conversations/list-conversations.ts";
import type { ConversationFilter } from "../../conversations/list-store.ts";
import { eraseConversation } from "../../privacy/erase-conversation.ts";
import type { EraseDeps } from "../../privacy/erase-conversations.ts";
import { cleanText } from "../../turns/clean-text.ts";
import type { StaffAdmission, StaffRoute } from "../access/route.ts";
import type { RequestContext } from "../context.ts";
import { labelOf, oneTenant } from "../one-tenant.ts";
import { conversationParameter, cursorParameter, limitParameter } from "../parameters.ts";
import { parseFields } from "../parse-fields.ts";
import { placeCursor, placeParameter } from "../place-cursor.ts";
import { sendJson } from "../send.ts";
import { fileHeaders, sendPieces } from "../send-pieces.ts";

const PATH = `${API_PATH}/admin/conversations`;

/** A tenant's conversations as its operators see them. */
export function adminConversationRoutes(deps: EraseDeps): readonly StaffRoute[] {
  const read = { for: "staff", permission: "read", over: "tenant" } as const;
  const write = { for: "staff", permission: "write", over: "tenant" } as const;
  const one = `${PATH}/:id`;
  return [
    { method: "GET", path: PATH, policy: read, handle: (c, staff) => list(c, deps, staff) },
    {
      method: "GET",
      path: `${PATH}/export`,
      policy: read,
      handle: (c, staff) => exportAll(c, deps, staff),
    },
    { method: "GET", path: one, policy: read, handle: (c, staff) => show(c, deps, staff) },
    { method: "DELETE", path: one, policy: write, handle: (c, staff) => erase(c, deps, staff) },
  ];
}

async function list(c: RequestContext, deps: EraseDeps, staff: StaffAdmission): Promise<Response> {
  const { filter, text } = filterParameters(c, staff);
  const { conversations, next } = await listConversations(deps.database.reader, oneTenant(staff), {
    filter,
    text,
    after: placeParameter(c),
    limit: limitParameter(c),
  });
  const page: ConversationPage = {
    data: [...conversations],
    next_cursor: placeCursor(next),
  };
  return sendJson(c, 200, page);
}

async function exportAll(
  c: RequestContext,
  deps: EraseDeps,
  staff: StaffAdmission,
): Promise<Response> {
  const { database } = deps;
  const tenantId = oneTenant(staff);
  const { filter, text, named } = filterParameters(c, staff);
  await database.write(recordAudit, staff.entry("conversations.export", tenantId, named));
  const lines = conversationsAsLines(database.reader, tenantId, filter, text);
  return await sendPieces(c, lines, fileHeaders("conversations.jsonl", "application/x-ndjson"));
}

async function show(c: RequestContext, deps: EraseDeps, staff: StaffAdmission): Promise<Response> {
  const { conversation, messages, before } = await readConversation(
    deps.database.reader,
    { tenantId: oneTenant(staff), id: conversationParameter(c), label: labelOf(staff) },
    { before: cursorParameter(c), limit: limitParameter(c) },
  );
  const detail: ConversationDetail = {
    conversation,
    data: [...messages],
    next_cursor: before === undefined ? null : String(before),
  };
  return sendJson(c, 200, detail);
}

async function erase(c: RequestContext, deps: EraseDeps, staff: StaffAdmission): Promise<Response> {
  const id = conversationParameter(c);
  const receipt = await eraseConversation(
    deps,
    { tenantId: oneTenant(staff), id, label: labelOf(staff) },
    {
      actor: staff.actor,
      entry: (counts) => staff.entry("conversation.erase", String(id), counts),
    },
  );
  return sendJson(c, 200, receipt);
}

/** Which ones are meant, and what of that the audit log may know: not the words that somebody looks for. */
function filterParameters(
  c: RequestContext,
  staff: StaffAdmission,
): {
  readonly filter: ConversationFilter;
  readonly text: string | undefined;
  readonly named: Readonly<Record<string, unknown>>;
} {
  const given = Object.entries(c.req.query()).filter(
    ([name, value]) => value !== "" || name === "label",
  );
  const { label, user_id, from, to, q } = parseFields(
    conversationFilterSchema,
    Object.fromEntries(given),
  );
  return {
    filter: {
      label: labelOf(staff) ?? (label === undefined ? undefined : cleanText(label)),
      userId: user_id,
      from: from === undefined ? undefined : Date.parse(from),
      to: to === undefined ? undefined : Date.parse(to),
    },
    text: q === undefined ? undefined : cleanText(q),
    named: { label: labelOf(staff) ?? label, user_id, from, to, searches: q !== undefined },
  };
}
