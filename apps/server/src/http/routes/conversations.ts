import { API_PATH, type MessagePage } from "@orcha/contract";
import { settleOwner } from "../../conversations/owner-store.ts";
import { readTranscript } from "../../conversations/store.ts";
import type { Database } from "../../db/database.ts";
import { ownerClaim } from "../access/caller.ts";
import type { Admission, VisitorRoute } from "../access/route.ts";
import type { RequestContext } from "../context.ts";
import {
  conversationParameter,
  cursorParameter,
  limitParameter,
  userParameter,
} from "../parameters.ts";
import { sendJson } from "../send.ts";

export interface ConversationsDeps {
  readonly database: Database;
  readonly defaultUserId: number;
  readonly now: () => number;
}

export function conversationRoutes(deps: ConversationsDeps): readonly VisitorRoute[] {
  return [
    {
      method: "GET",
      path: `${API_PATH}/conversations/:id/messages`,
      policy: { for: "visitors", tenantIn: "query" },
      handle: (c, admission) => conversationMessages(c, deps, admission),
    },
  ];
}

/** The transcript, for its owner only. */
async function conversationMessages(
  c: RequestContext,
  deps: ConversationsDeps,
  admission: Admission,
): Promise<Response> {
  const tenantId = admission.tenant.id;
  const id = conversationParameter(c);
  const claim = ownerClaim(admission, userParameter(c) ?? deps.defaultUserId);
  const { messages, before, access } = await readTranscript(
    deps.database.reader,
    tenantId,
    id,
    claim,
    { before: cursorParameter(c), limit: limitParameter(c), now: deps.now() },
  );
  await settleOwner(deps.database, { tenantId, id }, access, claim);
  const page: MessagePage = {
    data: [...messages],
    next_cursor: before === undefined ? null : String(before),
  };
  return sendJson(c, 200, page);
}
