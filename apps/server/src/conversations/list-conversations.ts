import type { ListedConversation } from "@orcha/contract";
import type { Connection } from "../db/database.ts";
import { describeConversations } from "./describe-store.ts";
import { type ConversationFilter, type ListPlace, readNewest } from "./list-store.ts";
import { type ConversationPageRequest, pageConversations } from "./page-conversations.ts";
import { findText } from "./search-store.ts";

export interface ListRequest extends ConversationPageRequest {
  readonly filter: ConversationFilter;
  /** Only those with this text in a message. */
  readonly text: string | undefined;
}

export interface ConversationList {
  readonly conversations: readonly ListedConversation[];
  /** Where to go on; undefined at the end. */
  readonly next: ListPlace | undefined;
}

/** A tenant's conversations, newest first. */
export async function listConversations(
  reader: Connection,
  tenantId: string,
  { filter, text, ...page }: ListRequest,
): Promise<ConversationList> {
  const { heads, next } = await pageConversations(
    {
      newest: (after, limit) => readNewest(reader, tenantId, filter, after, limit),
      matching:
        text === undefined ? undefined : (some) => findText(reader, tenantId, some, text, "shown"),
    },
    page,
  );
  return { conversations: await describeConversations(reader, tenantId, heads), next };
}
