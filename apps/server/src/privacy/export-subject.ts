import type { SubjectExport } from "@orcha/contract";
import { conversationAsJson } from "../conversations/export-conversations.ts";
import type { Connection } from "../db/database.ts";
import { findUser } from "../users/store.ts";
import { ownershipsOf, readOwned, readUsage } from "./owned-store.ts";
import type { Subject } from "./subject.ts";

const CONVERSATIONS_AT_ONCE = 100;

export interface ExportDeps {
  readonly reader: Connection;
  /** The user of everybody who is nobody else: what it used is not one person's. */
  readonly defaultUserId: number;
  readonly now: number;
}

/** Everything that is kept about somebody, as the text of one JSON object, piece by piece. */
export async function* subjectAsJson(
  { reader, defaultUserId, now }: ExportDeps,
  subject: Subject,
): AsyncGenerator<string, void> {
  const { tenantId, owners, userId } = subject;
  const isSomebody = userId !== undefined && userId !== defaultUserId;
  const head: Omit<SubjectExport, "conversations"> = {
    exported_at: new Date(now).toISOString(),
    tenant_id: tenantId,
    subjects: [...owners],
    user: isSomebody ? await readUser(reader, tenantId, userId) : null,
    usage: isSomebody ? await readUsage(reader, subject, userId) : [],
  };
  yield `${JSON.stringify(head).slice(0, -1)},"conversations":[`;
  let separator = "";
  for (const ownership of ownershipsOf(subject)) {
    for (let after: number | undefined = 0; after !== undefined; ) {
      const page = await readOwned(reader, subject, ownership, after, CONVERSATIONS_AT_ONCE);
      for (const conversation of page) {
        yield separator;
        yield* conversationAsJson(reader, tenantId, conversation);
        separator = ",";
      }
      after = page.at(-1)?.id;
    }
  }
  yield "]}";
}

async function readUser(
  reader: Connection,
  tenantId: string,
  id: number,
): Promise<SubjectExport["user"]> {
  const user = await findUser(reader, tenantId, id);
  if (!user) return null;
  const { name, subject, created_at } = user;
  return { id, name, subject, created_at: new Date(created_at).toISOString() };
}
