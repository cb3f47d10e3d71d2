import { setImmediate as nextLoop } from "node:timers/promises";
import type { ListPlace } from "./list-store.ts";

/** So many conversations are looked through at once, and by one request. */
const SEARCHED_AT_ONCE = 100;
const MAX_SEARCHED = 2000;

interface Placed {
  readonly id: number;
  readonly updated_at: number;
}

/** Conversations that can be read newest first. */
export interface ConversationSource<Head extends Placed> {
  readonly newest: (after: ListPlace | undefined, limit: number) => Promise<readonly Head[]>;
  /** The ids of those that are looked for; undefined when all of them are. */
  readonly matching: ((heads: readonly Head[]) => Promise<ReadonlySet<number>>) | undefined;
}

export interface ConversationPageRequest {
  readonly after: ListPlace | undefined;
  readonly limit: number;
}

export interface HeadPage<Head> {
  readonly heads: readonly Head[];
  /** Where to go on; undefined at the end. */
  readonly next: ListPlace | undefined;
}

/**
 * A page of conversations. A search looks through 2,000 at most before it answers what it has found, and where to go on.
 */
export async function pageConversations<Head extends Placed>(
  { newest, matching }: ConversationSource<Head>,
  { after, limit }: ConversationPageRequest,
): Promise<HeadPage<Head>> {
  if (matching) return search(newest, matching, { after, limit });
  const heads = await newest(after, limit + 1);
  const shown = heads.slice(0, limit);
  return { heads: shown, next: heads.length > limit ? placeOf(shown.at(-1)) : undefined };
}

async function search<Head extends Placed>(
  newest: ConversationSource<Head>["newest"],
  matching: NonNullable<ConversationSource<Head>["matching"]>,
  { after, limit }: ConversationPageRequest,
): Promise<HeadPage<Head>> {
  const found: Head[] = [];
  let place = after;
  for (let searched = 0; searched < MAX_SEARCHED; searched += SEARCHED_AT_ONCE) {
    const heads = await newest(place, SEARCHED_AT_ONCE);
    const ids = await matching(heads);
    for (const head of heads) {
      place = placeOf(head);
      if (ids.has(head.id)) found.push(head);
      if (found.length === limit) return { heads: found, next: place };
    }
    if (heads.length < SEARCHED_AT_ONCE) return { heads: found, next: undefined };
    await nextLoop(); // SQLite answers at once: others must have their turn
  }
  return { heads: found, next: place };
}

function placeOf(head: Placed | undefined): ListPlace | undefined {
  return head && { updatedAt: head.updated_at, id: head.id };
}
