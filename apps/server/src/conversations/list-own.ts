import { OrchaError, type OwnConversation } from "@orcha/contract";
import type { Connection } from "../db/database.ts";
import type { Claim } from "./access.ts";
import type { ListPlace } from "./list-store.ts";
import { findOwnHead, type OwnHead, readBeginnings, readOwnNewest } from "./own-list-store.ts";
import { type ConversationPageRequest, pageConversations } from "./page-conversations.ts";
import { findText } from "./search-store.ts";
import { automaticTitle } from "./title.ts";

export interface OwnListRequest extends ConversationPageRequest {
  /** Only those with this text in the title or in a message. */
  readonly text: string | undefined;
}

/** A caller's own conversations, newest first: none for a caller who proves nothing. */
export async function listOwnConversations(
  reader: Connection,
  tenantId: string,
  claim: Claim,
  { text, ...page }: OwnListRequest,
): Promise<{
  readonly conversations: readonly OwnConversation[];
  readonly next: ListPlace | undefined;
}> {
  const { heads, next } = await pageConversations(
    {
      newest: (after, limit) => readNewestOf(reader, tenantId, claim, after, limit),
      matching:
        text === undefined ? undefined : (some) => findMatching(reader, tenantId, some, text),
    },
    page,
  );
  return { conversations: await describe(reader, tenantId, heads), next };
}

/** One conversation as the list shows it. @throws OrchaError `conversation_not_found` when it was erased meanwhile */
export async function describeOwn(
  reader: Connection,
  tenantId: string,
  id: number,
): Promise<OwnConversation> {
  const head = await findOwnHead(reader, tenantId, id);
  const [described] = head ? await describe(reader, tenantId, [head]) : [];
  if (!described) throw new OrchaError("conversation_not_found");
  return described;
}

/** Who signed in owns what the secret beside the token does, too: two lists in order make one. */
async function readNewestOf(
  reader: Connection,
  tenantId: string,
  { label, owner, handsOver }: Claim,
  after: ListPlace | undefined,
  limit: number,
): Promise<OwnHead[]> {
  const owners = [owner, handsOver?.from].filter((one) => typeof one === "string");
  const lists = await Promise.all(
    owners.map((one) => readOwnNewest(reader, { tenantId, label, owner: one }, after, limit)),
  );
  return lists
    .flat()
    .sort((a, b) => b.updated_at - a.updated_at || b.id - a.id)
    .slice(0, limit);
}

async function findMatching(
  reader: Connection,
  tenantId: string,
  heads: readonly OwnHead[],
  text: string,
): Promise<ReadonlySet<number>> {
  const lower = text.toLowerCase();
  const byTitle = heads.filter(({ title }) => title?.toLowerCase().includes(lower));
  const byMessage = await findText(reader, tenantId, heads, text, "hidden");
  return new Set([...byTitle.map(({ id }) => id), ...byMessage]);
}

async function describe(
  reader: Connection,
  tenantId: string,
  heads: readonly OwnHead[],
): Promise<OwnConversation[]> {
  const untitled = heads.filter(({ title }) => title === null).map(({ id }) => id);
  const beginnings = await readBeginnings(reader, tenantId, untitled);
  return heads.map(({ id, title, created_at, updated_at }) => ({
    id,
    title: title ?? automaticTitle(beginnings.get(id) ?? ""),
    created_at: new Date(created_at).toISOString(),
    updated_at: new Date(updated_at).toISOString(),
  }));
}
