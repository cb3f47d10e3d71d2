import type { MessagePage } from "@orcha/contract";
import { readTranscript, sealConversation } from "../../conversations/store.ts";
import type { Database } from "../../db/database.ts";
import type { TenantResolver } from "../../tenants/resolve-tenant.ts";
import { type CallerOptions, identifyCaller, ownerOf } from "../caller.ts";
import type { RequestContext } from "../context.ts";
import {
  conversationParameter,
  cursorParameter,
  limitParameter,
  tenantParameter,
} from "../parameters.ts";
import { sendJson } from "../send.ts";

export interface ConversationsDeps {
  readonly database: Database;
  readonly resolveTenant: TenantResolver;
  readonly caller: CallerOptions;
  readonly now: () => number;
}

/** `GET /api/v1/orcha/conversations/{id}/messages`: the transcript, for its owner only. */
export async function conversationMessages(
  c: RequestContext,
  deps: ConversationsDeps,
): Promise<Response> {
  const caller = identifyCaller(c, deps.caller);
  const { tenant, label } = await deps.resolveTenant(tenantParameter(c));
  const id = conversationParameter(c);
  const owner = ownerOf(caller);
  const { messages, before, seals } = await readTranscript(
    deps.database.reader,
    tenant.id,
    id,
    { label, userId: undefined, owner, strict: true },
    { before: cursorParameter(c), limit: limitParameter(c), now: deps.now() },
  );
  if (seals && owner !== null) {
    await deps.database.write(sealConversation, { tenantId: tenant.id, id, owner });
  }
  const page: MessagePage = {
    data: [...messages],
    next_cursor: before === undefined ? null : String(before),
  };
  return sendJson(c, 200, page);
}
