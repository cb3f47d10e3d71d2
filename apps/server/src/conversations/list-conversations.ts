import { setImmediate as nextLoop } from "node:timers/promises";
import type { ListedConversation } from "@orcha/contract";
import type { Connection } from "../db/database.ts";
import { describeConversations } from "./describe-store.ts";
import {
  type ConversationFilter,
  type ConversationHead,
  type ListPlace,
  readNewest,
} from "./list-store.ts";
import { findText } from "./search-store.ts";

/** So many conversations are looked through at once, and by one request. */
const SEARCHED_AT_ONCE = 100;
const MAX_SEARCHED = 2000;

export interface ListRequest {
  readonly filter: ConversationFilter;
  /** Only those with this text in a message. */
  readonly text: string | undefined;
  readonly after: ListPlace | undefined;
  readonly limit: number;
}

export interface ConversationList {
  readonly conversations: readonly ListedConversation[];
  /** Where to go on; undefined at the end. */
  readonly next: ListPlace | undefined;
}

/**
 * A tenant's conversations, newest first. A search looks through 2,000 at most before it answers what it has found, and where
 * to go on.
 */
export async function listConversations(
  reader: Connection,
  tenantId: string,
  request: ListRequest,
): Promise<ConversationList> {
  const { heads, next } = await (request.text === undefined
    ? readPage(reader, tenantId, request)
    : search(reader, tenantId, request, request.text));
  return { conversations: await describeConversations(reader, tenantId, heads), next };
}

interface Page {
  readonly heads: readonly ConversationHead[];
  readonly next: ListPlace | undefined;
}

async function readPage(
  reader: Connection,
  tenantId: string,
  { filter, after, limit }: ListRequest,
): Promise<Page> {
  const heads = await readNewest(reader, tenantId, filter, after, limit + 1);
  const shown = heads.slice(0, limit);
  return { heads: shown, next: heads.length > limit ? placeOf(shown.at(-1)) : undefined };
}

async function search(
  reader: Connection,
  tenantId: string,
  { filter, after, limit }: ListRequest,
  text: string,
): Promise<Page> {
  const found: ConversationHead[] = [];
  let place = after;
  for (let searched = 0; searched < MAX_SEARCHED; searched += SEARCHED_AT_ONCE) {
    const heads = await readNewest(reader, tenantId, filter, place, SEARCHED_AT_ONCE);
    const ids = heads.map(({ id }) => id);
    const holding = await findText(reader, tenantId, ids, text);
    for (const head of heads) {
      place = placeOf(head);
      if (holding.has(head.id)) found.push(head);
      if (found.length === limit) return { heads: found, next: place };
    }
    if (heads.length < SEARCHED_AT_ONCE) return { heads: found, next: undefined };
    await nextLoop(); // SQLite answers at once: others must have their turn
  }
  return { heads: found, next: place };
}

function placeOf(head: ConversationHead | undefined): ListPlace | undefined {
  return head && { updatedAt: head.updated_at, id: head.id };
}
